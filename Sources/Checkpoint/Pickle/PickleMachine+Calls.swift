/// The opcodes that name classes and functions, make objects and give them their state.
extension PickleMachine {
  mutating func executeCall(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .global: try pushGlobal(module: try readLine(opcode), name: try readLine(opcode))
    case .stackGlobal:
      let names = try pop(opcode, count: 2)
      guard let module = heap.string(names[0]), let name = heap.string(names[1]) else {
        throw error(.wrongOperand(opcode: "\(opcode)", found: heap[names[0]].kind))
      }
      try pushGlobal(module: module, name: name)
    case .reduce:
      let operands = try pop(opcode, count: 2)
      try push(try call(operands[0], try arguments(operands[1], opcode), opcode))
    case .inst:
      try pushGlobal(module: try readLine(opcode), name: try readLine(opcode))
      let callee = try pop(opcode)
      try push(try call(callee, try popToMark(opcode), opcode))
    case .obj:
      let operands = try popToMark(opcode)
      guard let callee = operands.first else { throw error(.emptyStack(opcode: "\(opcode)")) }
      try push(try call(callee, Array(operands.dropFirst()), opcode))
    case .newObj:
      let operands = try pop(opcode, count: 2)
      try push(try newObject(operands[0], operands[1], opcode))
    case .newObjEx:
      let operands = try pop(opcode, count: 3)
      guard case .dictionary = heap[operands[2]] else {
        throw error(.wrongOperand(opcode: "\(opcode)", found: heap[operands[2]].kind))
      }
      try push(try newObject(operands[0], operands[1], opcode))
    case .build:
      let state = try pop(opcode)
      try build(try top(opcode), state)
    case .persID:
      try pushPersistent(heap.add(.string(try readLine(opcode))))
    default:
      try pushPersistent(try pop(opcode))
    }
  }

  private mutating func pushGlobal(module: String, name: String) throws(PickleError) {
    let full = Globals.canonicalName(module: module, name: name)
    guard Globals.mayBeNamed(full) else { throw error(.forbiddenGlobal("\(module).\(name)")) }
    try push(.global(full, position: opcodeStart))
  }

  private func arguments(_ id: NodeID, _ opcode: PickleOpcode) throws(PickleError) -> [NodeID] {
    guard let items = heap.tuple(id) else {
      throw error(.wrongOperand(opcode: "\(opcode)", found: heap[id].kind))
    }
    return items
  }

  /// Evaluates a call as data: by the table, or as an opaque object where the callee is a class.
  private mutating func call(
    _ callee: NodeID, _ arguments: [NodeID], _ opcode: PickleOpcode
  ) throws(PickleError) -> Node {
    guard case .global(let name, let namedAt) = heap[callee] else {
      // What a call gave, such as a `functools.partial`, is never called.
      if case .object(let object) = heap[callee] { throw error(.forbiddenCall("\(object.className)(…)")) }
      throw error(.wrongOperand(opcode: "\(opcode)", found: heap[callee].kind))
    }
    if let constructor = Constructors.table[name] { return try constructor(&self, name, arguments) }
    guard Globals.mayBeOpaque(name) else {
      throw PickleError(reason: .forbiddenCall(name), position: namedAt)
    }
    return opaque(name, arguments)
  }

  /// Calls the table's constructor of that name for a constructor that wraps another one.
  mutating func callByName(_ callee: NodeID, _ arguments: NodeID) throws(PickleError) -> Node {
    guard let items = heap.sequence(arguments) else {
      throw error(.wrongOperand(opcode: "reduce", found: heap[arguments].kind))
    }
    return try call(callee, items, .reduce)
  }

  private mutating func newObject(
    _ type: NodeID, _ argumentsID: NodeID, _ opcode: PickleOpcode
  ) throws(PickleError) -> Node {
    guard let name = heap.className(type) else {
      throw error(.wrongOperand(opcode: "\(opcode)", found: heap[type].kind))
    }
    let items = try arguments(argumentsID, opcode)
    if let constructor = Constructors.table[name] { return try constructor(&self, name, items) }
    return .object(ObjectNode(className: name, arguments: items.isEmpty ? nil : argumentsID))
  }

  mutating func opaque(_ name: String, _ arguments: [NodeID]) -> Node {
    let list = arguments.isEmpty ? nil : heap.add(.sequence(.tuple, arguments))
    return .object(ObjectNode(className: name, arguments: list))
  }

  private mutating func build(_ target: NodeID, _ state: NodeID) throws(PickleError) {
    switch heap[target] {
    case .object(let object) where object.className == "numpy.ndarray":
      heap[target] = try numpyArray(state)
    case .object(var object):
      object.state = state
      heap[target] = .object(object)
    case .dictionary(var dictionary):
      dictionary.attributes = state
      heap[target] = .dictionary(dictionary)
    case .tensor, .sequence:
      // Attributes that somebody hung on a tensor or list say nothing of weights.
      break
    default: throw error(.wrongOperand(opcode: "build", found: heap[target].kind))
    }
  }

  // MARK: Persistent ids

  private mutating func pushPersistent(_ id: NodeID) throws(PickleError) {
    switch persistentIDs {
    case .none: throw error(.badPersistentID(detail: "this kind of file has none"))
    case .numbered(let objects):
      // Containers were written with their source code beside them; the class alone matters.
      if let parts = heap.tuple(id), let first = parts.first { return try push(first) }
      let key = heap.string(id) ?? heap.integer(id).map(String.init)
      guard let key, let object = objects[key] else {
        throw error(.badPersistentID(detail: "no object '\(key ?? heap[id].kind)'"))
      }
      try push(object)
    case .storages:
      guard let parts = heap.tuple(id), let first = parts.first, let tag = heap.string(first) else {
        throw error(.badPersistentID(detail: "it is \(heap[id].kind)"))
      }
      switch tag {
      case "module" where parts.count >= 2: try push(parts[1])
      case "storage" where parts.count >= 5: try push(.storage(try storage(parts)))
      default: throw error(.badPersistentID(detail: "'\(tag)' with \(parts.count - 1) parts"))
      }
    }
  }

  /// `('storage', class, key, location, count[, (view key, offset, size) or None])`, as
  /// `torch.serialization` writes it.
  private mutating func storage(_ parts: [NodeID]) throws(PickleError) -> Int {
    guard let key = heap.string(parts[2]) ?? heap.integer(parts[2]).map(String.init),
      let count = heap.integer(parts[4]), count >= 0, let className = heap.globalName(parts[1])
    else { throw error(.badPersistentID(detail: "a storage without key, class or size")) }
    let type = TorchType(storageClass: className)
    guard type != nil || className.hasSuffix(".UntypedStorage") else {
      throw error(.badPersistentID(detail: "'\(className)' is no storage class"))
    }
    var view: Range<Int>?
    var name = key
    if parts.count > 5, let items = heap.tuple(parts[5]) {
      guard items.count == 3, let offset = heap.integer(items[1]), let size = heap.integer(items[2]),
        offset >= 0, size >= 0, size <= Int.max - offset
      else { throw error(.badPersistentID(detail: "storage '\(key)' has a malformed view")) }
      view = offset..<(offset + size)
      name = "\(key)[\(offset),\(size)]"
    }
    name = "\(type?.name ?? "untyped") \(name)"
    if let known = storageByKey[name] { return known }
    heap.storages.append(StorageNode(key: key, type: type, count: count, view: view))
    storageByKey[name] = heap.storages.count - 1
    return heap.storages.count - 1
  }
}
