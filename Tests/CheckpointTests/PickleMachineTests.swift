import Files
import Testing

@testable import Checkpoint

@Suite struct PickleMachineTests {
  static func run(_ bytes: [UInt8], limits: CheckpointLimits = CheckpointLimits()) throws -> Record {
    var machine = PickleMachine(input: FileBytes(copying: bytes), limits: limits)
    let root = try machine.run()
    let document = Document(path: "x.pkl", heap: machine.heap, root: root, storages: [], limits: limits)
    return Record(document: document, id: root)
  }

  static func run(_ text: String) throws -> Record { try run(Array(text.utf8)) }

  /// The reason why running `bytes` fails; `nil` where it doesn't.
  static func failure(_ bytes: [UInt8], limits: CheckpointLimits = CheckpointLimits()) -> PickleError? {
    do {
      _ = try run(bytes, limits: limits)
      return nil
    } catch {
      return error as? PickleError
    }
  }

  static func failure(_ text: String) -> PickleError? { failure(Array(text.utf8)) }

  @Test func globalsThatAttackPythonAreNamedWithTheirPlace() {
    let system = PickleError(reason: .forbiddenGlobal("os.system"), position: 0)
    #expect(Self.failure("cos\nsystem\n(S'ls'\ntR.") == system)
    let text =
      "it names 'os.system', which no checkpoint needs; the file may be malicious (at byte 0 of the pickle)"
    #expect(system.description == text)
    let stacked: [UInt8] =
      [0x80, 4, 0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8) + [0x93, 0x2E]
    #expect(Self.failure(stacked) == PickleError(reason: .forbiddenGlobal("os.system"), position: 14))
    for name in [
      "builtins\neval", "__builtin__\nexec", "subprocess\nPopen", "posix\nsystem", "runpy\nrun_path",
    ] {
      let full = name.replacing("\n", with: ".")
      #expect(Self.failure("c\(name)\n(tR.") == PickleError(reason: .forbiddenGlobal(full), position: 0))
      #expect(Self.failure("(i\(name)\n.") == PickleError(reason: .forbiddenGlobal(full), position: 1))
    }
  }

  @Test func classesInsideClassesAreNamedByProtocol2() throws {
    // Gate.Channel.Inner.__new__(Gate.Channel.Inner), as Python writes it where qualified names are not known.
    let gate = "cmodels\nGate\n"
    let inner = "cbuiltins\ngetattr\n(cbuiltins\ngetattr\n(\(gate)S'Channel'\ntRS'Inner'\ntR"
    #expect(
      try Self.run("\(inner))\u{81}.".unicodeScalars.map { UInt8($0.value) }).className
        == "models.Gate.Channel.Inner")
    // A member of an enum is no class to make objects of in other ways.
    #expect(Self.failure("\(inner))R.")?.description.contains("not in the table") == true)
  }

  @Test func functionsOutsideTheTableMayBeNamedButNotCalled() throws {
    let relu = "ctorch.nn.functional\nrelu\n"
    guard case .global("torch.nn.functional.relu") = try Self.run("\(relu).").value else {
      Issue.record("a function that is only mentioned should be a global")
      return
    }
    let refused = PickleError(reason: .forbiddenCall("torch.nn.functional.relu"), position: 0)
    #expect(Self.failure("\(relu)(tR.") == refused)
    #expect(Self.failure("ctorch.hub\nload\n(S'x'\ntR.")?.reason == .forbiddenCall("torch.hub.load"))
    // Nor is what a call gave.
    let partial = "cfunctools\npartial\n(cmine\nrun\ntR"
    #expect(Self.failure("\(partial))R.")?.reason == .forbiddenCall("functools.partial(…)"))
    #expect(Self.failure("N)R.")?.reason == .wrongOperand(opcode: "reduce", found: "None"))
    // A method of an object would run code of the object's class.
    #expect(Self.failure("cbuiltins\ngetattr\n(cmine\nThing\n)\u{81}S'run'\ntR)R.") != nil)
  }
}
