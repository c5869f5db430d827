import Files

/// Runs a pickle as an interpreter of data: it builds values, and calls nothing but its own constructors.
///
/// Every opcode of protocols 0 to 5 is known. Classes outside the table of constructors become opaque objects
/// that record their name and state; functions outside it are refused by name. See `Globals`.
struct PickleMachine {
  /// What persistent ids mean: PyTorch's storages, or the numbered objects of its oldest format.
  enum PersistentIDs {
    case none
    case storages
    case numbered([String: NodeID])
  }

  let input: FileBytes
  let limits: CheckpointLimits
  let persistentIDs: PersistentIDs
  /// What has been made; values that are there before `run` stay.
  var heap = PickleHeap()
  var position: Int
  /// Where the opcode at work begins.
  private(set) var opcodeStart = 0
  /// How many files inside files this pickle is in.
  var depth = 0
  /// Values and bytes that constructors have copied so far.
  var copied = 0
  var stack: [NodeID] = []
  var marks: [Int] = []
  private var memo = PickleMemo()
  /// Values made and referred to so far, by their weights.
  private var values = 0
  /// Places in `heap.storages` by key, so that tensors that share a storage are seen to do so.
  var storageByKey: [String: Int] = [:]

  /// A machine that reads the pickle at `position` of `input`.
  init(
    input: FileBytes, position: Int = 0, persistentIDs: PersistentIDs = .none, limits: CheckpointLimits
  ) {
    self.input = input
    self.position = position
    self.persistentIDs = persistentIDs
    self.limits = limits
  }

  /// Runs up to and including STOP and returns the place of what the pickle holds.
  mutating func run() throws(PickleError) -> NodeID {
    // An opcode of a byte makes one value, mostly; beyond the limit there is none.
    heap.reserve(min(limits.values, input.count - position))
    while true {
      opcodeStart = position
      let byte = try readByte()
      guard let opcode = PickleOpcode(rawValue: byte) else { throw error(.unknownOpcode(byte)) }
      if opcode == .stop { return try pop(opcode) }
      try execute(opcode)
    }
  }

  private mutating func execute(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .proto:
      let number = try readByte()
      if number > 5 { throw error(.unknownProtocol(Int(number))) }
    case .frame:
      let length = try readInteger(UInt64.self)
      if length > UInt64(input.count - position) { throw error(.truncated) }
    case .mark:
      if marks.count >= limits.stack { throw error(.limit("marks on its stack", limits.stack)) }
      marks.append(stack.count)
    case .pop:
      if stack.count > marks.last ?? 0 { stack.removeLast() } else { _ = try popToMark(opcode) }
    case .popMark: _ = try popToMark(opcode)
    case .dup: try push(try top(opcode))

    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .binInt: try push(.integer(Int64(try readInteger(Int32.self))))
    case .binInt1: try push(.integer(Int64(try readByte())))
    case .binInt2: try push(.integer(Int64(try readInteger(UInt16.self))))
    case .long1: try pushLong(byteCount: Int(try readByte()))
    case .long4: try pushLong(byteCount: try readCount(Int32.self))
    case .binFloat: try push(.real(Double(bitPattern: try readInteger(UInt64.self).byteSwapped)))
    case .int, .long, .float, .string, .unicode: try executeText(opcode)

    case .shortBinString: try pushString(byteCount: Int(try readByte()), isText: false)
    case .binString: try pushString(byteCount: try readCount(Int32.self), isText: false)
    case .shortBinUnicode: try pushString(byteCount: Int(try readByte()), isText: true)
    case .binUnicode: try pushString(byteCount: try readCount(UInt32.self), isText: true)
    case .binUnicode8: try pushString(byteCount: try readCount(UInt64.self), isText: true)
    case .shortBinBytes: try push(.bytes(try readBytes(Int(try readByte()))))
    case .binBytes: try push(.bytes(try readBytes(try readCount(UInt32.self))))
    case .binBytes8, .byteArray8: try push(.bytes(try readBytes(try readCount(UInt64.self))))
    case .nextBuffer, .readOnlyBuffer: throw error(.unsupported("an out-of-band buffer"))

    case .emptyList: try push(.sequence(.list, []))
    case .emptyTuple: try push(.sequence(.tuple, []))
    case .emptySet: try push(.sequence(.set, []))
    case .emptyDict: try push(Self.emptyDictionary)
    case .list: try push(.sequence(.list, try popToMark(opcode)))
    case .tuple: try push(.sequence(.tuple, try popToMark(opcode)))
    case .frozenSet: try push(.sequence(.frozenset, try popToMark(opcode)))
    case .dict: try push(.dictionary(DictionaryNode(entries: try popPairs(opcode))))
    case .tuple1: try push(.sequence(.tuple, try pop(opcode, count: 1)))
    case .tuple2: try push(.sequence(.tuple, try pop(opcode, count: 2)))
    case .tuple3: try push(.sequence(.tuple, try pop(opcode, count: 3)))
    case .append: try extend(try pop(opcode, count: 1), opcode)
    case .appends, .addItems: try extend(try popToMark(opcode), opcode)
    case .setItem: try setItems(try pop(opcode, count: 2), opcode)
    case .setItems: try setItems(try popPairs(opcode), opcode)

    case .put: try remember(try readDecimal(opcode), opcode)
    case .binPut: try remember(Int(try readByte()), opcode)
    case .longBinPut: try remember(Int(try readInteger(UInt32.self)), opcode)
    case .memoize: try remember(memo.count, opcode)
    case .get: try recall(try readDecimal(opcode))
    case .binGet: try recall(Int(try readByte()))
    case .longBinGet: try recall(Int(try readInteger(UInt32.self)))

    case .ext1, .ext2, .ext4: throw error(.unsupported("a global from Python's extension registry"))
    case .global, .stackGlobal, .reduce, .build, .inst, .obj, .newObj, .newObjEx, .persID, .binPersID:
      try executeCall(opcode)
    case .stop: break
    }
  }

  /// The error that `reason` is, at the opcode at work.
  func error(_ reason: PickleError.Reason) -> PickleError {
    PickleError(reason: reason, position: opcodeStart)
  }
}

// MARK: - Stack and memo

extension PickleMachine {
  /// Made once: what all copies of it share takes no memory of its own until it gets members.
  private static let emptyDictionary = Node.dictionary(DictionaryNode())

  mutating func push(_ node: Node) throws(PickleError) {
    values += node.weight - 1
    try push(heap.add(node))
  }

  mutating func push(_ id: NodeID) throws(PickleError) {
    values += 1
    if values > limits.values { throw error(.limit("values", limits.values)) }
    if stack.count >= limits.stack { throw error(.limit("values on its stack", limits.stack)) }
    stack.append(id)
  }

  func top(_ opcode: PickleOpcode) throws(PickleError) -> NodeID {
    guard stack.count > marks.last ?? 0, let id = stack.last else {
      throw error(.emptyStack(opcode: "\(opcode)"))
    }
    return id
  }

  mutating func pop(_ opcode: PickleOpcode) throws(PickleError) -> NodeID {
    let id = try top(opcode)
    stack.removeLast()
    return id
  }

  mutating func pop(_ opcode: PickleOpcode, count: Int) throws(PickleError) -> [NodeID] {
    guard stack.count - (marks.last ?? 0) >= count else { throw error(.emptyStack(opcode: "\(opcode)")) }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  mutating func popToMark(_ opcode: PickleOpcode) throws(PickleError) -> [NodeID] {
    guard let mark = marks.popLast() else { throw error(.noMark(opcode: "\(opcode)")) }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func popPairs(_ opcode: PickleOpcode) throws(PickleError) -> [NodeID] {
    let items = try popToMark(opcode)
    guard items.count.isMultiple(of: 2) else { throw error(.emptyStack(opcode: "\(opcode)")) }
    return items
  }

  private mutating func remember(_ index: Int, _ opcode: PickleOpcode) throws(PickleError) {
    let id = try top(opcode)
    memo.put(id, at: index)
    if memo.count > limits.memo { throw error(.limit("memo entries", limits.memo)) }
  }

  private mutating func recall(_ index: Int) throws(PickleError) {
    guard let id = memo.get(index) else { throw error(.missingMemo(index)) }
    try push(id)
  }
}

// MARK: - Containers

extension PickleMachine {
  private mutating func extend(_ items: [NodeID], _ opcode: PickleOpcode) throws(PickleError) {
    let target = try top(opcode)
    let kind = opcode == .addItems ? SequenceKind.set : .list
    if var members = heap.takeMembers(target, of: kind) {
      members.append(contentsOf: items)
      heap[target] = .sequence(kind, members)
    } else if var object = heap.takeObject(target) {
      object.items.append(contentsOf: items)
      heap[target] = .object(object)
    } else {
      throw error(.wrongOperand(opcode: "\(opcode)", found: heap[target].kind))
    }
  }

  private mutating func setItems(_ pairs: [NodeID], _ opcode: PickleOpcode) throws(PickleError) {
    let target = try top(opcode)
    if var dictionary = heap.takeDictionary(target) {
      dictionary.entries.append(contentsOf: pairs)
      heap[target] = .dictionary(dictionary)
    } else if var object = heap.takeObject(target) {
      object.entries.append(contentsOf: pairs)
      heap[target] = .object(object)
    } else {
      throw error(.wrongOperand(opcode: "\(opcode)", found: heap[target].kind))
    }
  }
}
