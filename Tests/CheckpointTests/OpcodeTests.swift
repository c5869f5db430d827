import Files
import Testing

@testable import Checkpoint

/// Every opcode in wrong places, and pickles that are made to exhaust something.
@Suite struct OpcodeTests {
  typealias Machine = PickleMachineTests

  /// What each opcode may be followed by so that the machine gets past its arguments.
  static func argument(_ opcode: PickleOpcode) -> [UInt8] {
    switch opcode {
    case .proto: [2]
    case .int: Array("12\n".utf8)
    case .long: Array("12L\n".utf8)
    case .float: Array("1.5\n".utf8)
    case .string: Array("'a\\x41\\n'\n".utf8)
    case .unicode: Array("a\\u0041\n".utf8)
    case .persID, .get, .put: Array("3\n".utf8)
    case .global, .inst: Array("torch\nfloat32\n".utf8)
    case .binInt, .longBinGet, .longBinPut, .ext4: [1, 0, 0, 0]
    case .binInt1, .binGet, .binPut, .ext1: [1]
    case .binInt2, .ext2: [1, 0]
    case .long1, .shortBinString, .shortBinBytes, .shortBinUnicode: [1, 0x41]
    case .long4, .binString, .binUnicode, .binBytes: [1, 0, 0, 0, 0x41]
    case .binUnicode8, .binBytes8, .byteArray8: [1, 0, 0, 0, 0, 0, 0, 0, 0x41]
    case .binFloat: [0x3F, 0xF8, 0, 0, 0, 0, 0, 0]
    case .frame: [1, 0, 0, 0, 0, 0, 0, 0]
    default: []
    }
  }

  /// Values to find on the stack: each opcode meets each of them, alone, twice and above a mark.
  static let operands: [[UInt8]] = [
    [], Array("N".utf8), Array("K\u{1}".utf8), Array(")".utf8), Array("]".utf8), Array("}".utf8),
    Array("(".utf8), Array("((".utf8), Array("U\u{1}a".utf8), Array("ctorch\nfloat32\n".utf8),
    Array("cmine\nThing\n".utf8), Array("ccollections\nOrderedDict\n)R".utf8), [0x8F], Array("C\u{1}a".utf8),
    Array("cmine\nThing\n)".utf8) + [0x81], Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8),
  ]

  @Test(arguments: PickleOpcode.allCases) func anOpcodeInAWrongPlaceIsAnErrorOrAValue(opcode: PickleOpcode) {
    var outcomes: Set<String> = []
    for first in Self.operands {
      for second in Self.operands {
        let body = first + second + [opcode.rawValue] + Self.argument(opcode)
        for program in [body + [0x2E], [0x28] + body + [0x2E], body] {
          outcomes.insert(Machine.failure(program).map { "\($0.reason)" } ?? "value")
        }
      }
    }
    // What the extension registry is asked for makes no difference.
    let argument = [.ext1, .ext2, .ext4].contains(opcode) ? [] : Self.argument(opcode)
    for length in argument.indices {
      let cut = Self.operands[2] + [opcode.rawValue] + argument.prefix(length)
      #expect(Machine.failure(cut)?.reason == .truncated, "\(cut)")
    }
    #expect(!outcomes.isEmpty)
  }

  @Test func bytesThatAreNoOpcodeAreNamed() {
    let known = Set(PickleOpcode.allCases.map(\.rawValue))
    #expect(known.count == 68)
    for byte in UInt8.min...UInt8.max where !known.contains(byte) {
      #expect(Machine.failure([byte]) == PickleError(reason: .unknownOpcode(byte), position: 0))
    }
  }

  @Test func emptyStacksAndMissingMarksAreNamed() {
    let needStack: [PickleOpcode] = [
      .dup, .append, .setItem, .tuple1, .tuple2, .tuple3, .reduce, .build, .newObj, .newObjEx, .stackGlobal,
      .binPersID, .put, .binPut, .longBinPut, .memoize, .stop,
    ]
    for opcode in needStack {
      let error = Machine.failure([opcode.rawValue] + Self.argument(opcode))
      #expect(error?.reason == .emptyStack(opcode: "\(opcode)"), "\(opcode)")
    }
    for opcode in [
      PickleOpcode.list, .tuple, .dict, .appends, .setItems, .addItems, .frozenSet, .popMark, .obj,
    ] {
      #expect(Machine.failure([0x4E, opcode.rawValue])?.reason == .noMark(opcode: "\(opcode)"), "\(opcode)")
    }
    #expect(Machine.failure(Array("h\u{7}.".utf8))?.reason == .missingMemo(7))
    #expect(Machine.failure([0x80, 6, 0x2E])?.reason == .unknownProtocol(6))
  }

  @Test func announcedLengthsAreCheckedBeforeAnythingIsAllocated() {
    let huge: [UInt8] = [0xFF, 0xE4, 0x0B, 0x54, 2, 0, 0, 0]  // about 10 GB
    for opcode in [PickleOpcode.binUnicode8, .binBytes8, .byteArray8, .frame] {
      let error = Machine.failure([opcode.rawValue] + huge + [UInt8](repeating: 0x61, count: 1000))
      #expect(error == PickleError(reason: .truncated, position: 0), "\(opcode)")
    }
    for opcode in [PickleOpcode.binUnicode, .binBytes, .binString, .long4] {
      let error = Machine.failure([opcode.rawValue, 0xFF, 0xFF, 0xFF, 0x7F, 0x61])
      #expect(error?.reason == .truncated, "\(opcode)")
    }
    #expect(Machine.failure([PickleOpcode.binString.rawValue, 0xFF, 0xFF, 0xFF, 0xFF])?.reason == .truncated)
  }

  /// A pickle may make millions of numbers: what is larger than a string lies out of line, and what is often there is
  /// made once.
  @Test func valuesAreSmall() {
    #expect(MemoryLayout<Node>.stride == 24)
    var heap = PickleHeap()
    let once = [Node.none, .bool(true), .bool(false), .integer(0), .integer(255)]
    let places = once.map { heap.add($0) }
    #expect(Set(places).count == once.count && once.map { heap.add($0) } == places)
    #expect(
      heap.add(.integer(-1)) != heap.add(.integer(-1)) && heap.add(.integer(256)) != heap.add(.integer(256)))
    #expect(places.map { heap[$0].kind } == ["None", "a bool", "a bool", "an integer", "an integer"])
    #expect(heap.integer(places[4]) == 255 && heap.integer(places[1]) == 1 && heap.integer(places[2]) == 0)
  }

  /// Numbers in order, out of it, and again.
  @Test func memoKeepsWhatWasPutLast() {
    var memo = PickleMemo()
    for (index, id) in [(0, 10), (2, 12), (7, 17), (1, 11), (2, 22), (3, 13), (7, 27)] as [(Int, NodeID)] {
      memo.put(id, at: index)
    }
    #expect((0..<9).map(memo.get) == [10, 11, 22, 13, nil, nil, nil, 27, nil])
    #expect(memo.count == 5 && memo.get(-1) == nil)
  }

  @Test func limitsHold() {
    var limits = CheckpointLimits()
    limits.values = 100
    limits.stack = 50
    limits.memo = 20
    limits.string = 10
    let none: [UInt8] = [0x4E]
    func reason(_ bytes: [UInt8]) -> PickleError.Reason? { Machine.failure(bytes, limits: limits)?.reason }
    #expect(reason((0..<200).flatMap { _ in none + [0x30] }) == .limit("values", 100))
    // A dictionary counts for four, and a reference for one.
    #expect(reason((0..<25).flatMap { _ in [0x7D, 0x30] as [UInt8] } + [0x4E]) == .limit("values", 100))
    #expect(reason((0..<25).flatMap { _ in [0x7D, 0x30] as [UInt8] } + [0x2E]) != .limit("values", 100))
    #expect(
      reason(none + [0x71, 0] + (0..<100).flatMap { _ in [0x68, 0, 0x30] as [UInt8] })
        == .limit("values", 100))
    #expect(reason((0..<60).flatMap { _ in none }) == .limit("values on its stack", 50))
    #expect(reason([UInt8](repeating: 0x28, count: 60)) == .limit("marks on its stack", 50))
    #expect(reason(none + [UInt8](repeating: 0x94, count: 30)) == .limit("memo entries", 20))
    #expect(reason([0x55, 11] + [UInt8](repeating: 0x61, count: 11)) == .limit("bytes in one string", 10))
    for opcode in ["I", "L", "F"] {
      let line = Array((opcode + String(repeating: "9", count: 4301) + "\n").utf8)
      #expect(Machine.failure(line)?.reason == .limit("digits in one number", 4300), "\(opcode)")
    }
    #expect(reason([0x8A, 0xFF] + [UInt8](repeating: 1, count: 255)) == .limit("bytes in one string", 10))
  }

  /// A million appends and as many escapes in one string: minutes and hours where a step looks at all before it.
  @Test(.timeLimit(.minutes(1))) func longValuesTakeLinearTime() throws {
    let count = 1_000_000
    func many(_ bytes: String) -> [UInt8] { (0..<count).flatMap { _ in Array(bytes.utf8) } }
    let list = try Machine.run(Array("]".utf8) + many("Na") + Array(".".utf8))
    #expect(list.items?.count == count)
    let dictionary = try Machine.run(Array("}".utf8) + many("NNs") + Array(".".utf8))
    #expect(dictionary.entries?.count == count)
    let text = try Machine.run(Array("V".utf8) + many(#"\u0041"#) + Array("\n.".utf8))
    #expect(text.string == String(repeating: "A", count: count))
  }

  @Test func escapesNeedTheirDigits() throws {
    #expect(try Machine.run(#"V\u00e9\U0001F600"# + "\n.").string == "é😀")
    for text in [#"V\u004"#, #"V\u+041"#, #"V\U-0000041"#, #"S'\x4'"#] {
      let reason = Machine.failure(text + "\n.")?.reason
      #expect(reason == .badText(opcode: text.hasPrefix("V") ? "unicode" : "string"), "\(text)")
    }
  }

  @Test func copyingALargeValueAgainAndAgainIsRefused() {
    // One list of 100,000 values, from which each further dozen of bytes makes another.
    var bytes: [UInt8] = [0x28] + [UInt8](repeating: 0x4E, count: 100_000) + [0x6C, 0x94]
    bytes += Array("cbuiltins\nlist\n".utf8) + [0x94]
    for _ in 0..<100 { bytes += [0x68, 1, 0x68, 0, 0x85, 0x52, 0x4E, 0x61] }
    guard case .limit("copied values", _) = Machine.failure(bytes + [0x2E])?.reason else {
      Issue.record("100 copies were made")
      return
    }
  }

  @Test func valuesThatContainThemselvesAreReadAndNotFollowedForever() throws {
    // l = []; l.append(l); d = {'weights': l, 'self': d}
    let program: [UInt8] =
      [0x7D, 0x94, 0x55, 7] + Array("weights".utf8) + [0x5D, 0x94, 0x68, 1, 0x61, 0x73, 0x55, 4]
      + Array("self".utf8) + [0x68, 0, 0x73, 0x2E]
    let file = try CheckpointFile.open(bytes: FileBytes(copying: program), path: "x.pkl")
    #expect(file.root["self"] == file.root)
    #expect(file.candidates.isEmpty)
    let outline = try Outline(file)
    #expect(outline.rows.map(\.summary).contains("(see above)"))
    #expect(throws: CheckpointError.noWeights(path: "x.pkl", found: "'weights', 'self'")) {
      try file.stateDict()
    }
  }

  @Test func nestingIsLimited() {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1) + [0x2E]
    }
    let limit = CheckpointLimits().nesting
    #expect(throws: Never.self) {
      try CheckpointFile.open(bytes: FileBytes(copying: nested(limit)), path: "x.pkl")
    }
    for depth in [limit + 2, 100_000] {
      #expect(
        throws: CheckpointError.limit(path: "x.pkl", what: "containers inside each other", limit: limit)
      ) {
        try CheckpointFile.open(bytes: FileBytes(copying: nested(depth)), path: "x.pkl")
      }
    }
    // Each list is shared by the next one, so that its depth shows only along the longest way.
    var chain: [UInt8] = [0x5D, 0x94]
    for index in 0..<200 { chain += [0x5D, 0x94, 0x68, UInt8(index), 0x61] }
    var limits = CheckpointLimits()
    limits.nesting = 100
    #expect(throws: CheckpointError.limit(path: "x.pkl", what: "containers inside each other", limit: 100)) {
      try CheckpointFile.open(bytes: FileBytes(copying: chain + [0x85, 0x2E]), path: "x.pkl", limits: limits)
    }
  }
}
