/// Why a pickle can't be read, and at which of its bytes.
public struct PickleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Sendable, Hashable {
    /// The pickle names a global (`module.name`) that no checkpoint needs and this reader refuses to know.
    case forbiddenGlobal(String)
    /// The pickle calls something that is not in the table of constructors.
    case forbiddenCall(String)
    /// A byte that is no opcode of protocols 0 to 5.
    case unknownOpcode(UInt8)
    /// A protocol above 5.
    case unknownProtocol(Int)
    /// The bytes end before the pickle does, or an announced length goes beyond them.
    case truncated
    /// An opcode needs more values than the stack holds.
    case emptyStack(opcode: String)
    /// An opcode needs a mark and there is none.
    case noMark(opcode: String)
    /// An opcode meets a value that it can't work on.
    case wrongOperand(opcode: String, found: String)
    /// A number, string or name that is not written as its opcode demands.
    case badText(opcode: String)
    /// The memo has no entry of that number.
    case missingMemo(Int)
    /// A constructor of the table got arguments that it can't take.
    case badArguments(of: String, detail: String)
    /// A persistent id that is none of PyTorch's.
    case badPersistentID(detail: String)
    /// Something that Python's pickle knows and no checkpoint uses.
    case unsupported(String)
    /// One of `CheckpointLimits`.
    case limit(String, Int)
  }

  /// What is wrong.
  public let reason: Reason
  /// The byte of the pickle where the offending opcode begins.
  public let position: Int

  /// One clause for people, without the file's name.
  public var description: String {
    let text =
      switch reason {
      case .forbiddenGlobal(let name):
        "it names '\(name)', which no checkpoint needs; the file may be malicious"
      case .forbiddenCall(let name):
        "it calls '\(name)', which is not in the table of known constructors; the file may be malicious"
      case .unknownOpcode(let byte): "0x\(String(byte, radix: 16)) is no pickle opcode"
      case .unknownProtocol(let number): "pickle protocol \(number) is not known"
      case .truncated: "it is cut short"
      case .emptyStack(let opcode): "\(opcode) finds too few values on the stack"
      case .noMark(let opcode): "\(opcode) finds no mark on the stack"
      case .wrongOperand(let opcode, let found): "\(opcode) can't work on \(found)"
      case .badText(let opcode): "the text after \(opcode) is malformed"
      case .missingMemo(let index): "memo entry \(index) is read but was never written"
      case .badArguments(let name, let detail): "'\(name)' is called with wrong arguments: \(detail)"
      case .badPersistentID(let detail): "a persistent id is not PyTorch's: \(detail)"
      case .unsupported(let what): "\(what) can't be read"
      case .limit(let what, let limit): "it has more \(what) than the limit of \(limit)"
      }
    return "\(text) (at byte \(position) of the pickle)"
  }
}
