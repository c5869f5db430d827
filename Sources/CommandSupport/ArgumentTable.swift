import CArgp
import Glibc

/// A command line's options as glibc's argp has them. argp reads the line and explains it (`--help`, `--usage`,
/// `--version`), and ends a misused command with a line on standard error and `EX_USAGE`.
@usableFromInline struct ArgumentTable {
  /// One option.
  @usableFromInline struct Row: Sendable {
    let name: String
    let short: Character?
    /// The value's name in `--help`; `nil` where the option takes none.
    let value: String?
    let help: String
  }

  /// What is found on the line.
  @usableFromInline enum Word {
    /// The option at `index`, of all that were added.
    case option(index: Int, OptionValue)
    case argument(String)
    /// All was read.
    case end
  }

  private let text = CStrings()
  private let syntax: argp
  private let version: UnsafeMutablePointer<CChar>
  private var rows: [Row] = []
  /// What argp calls each row.
  private var keys: [Int32] = []
  private var options: [argp_option] = []
  private var group: Int32 = 0

  @usableFromInline init(usage: String, documentation: String, version: String) {
    var syntax = argp()
    syntax.parser = take
    syntax.args_doc = UnsafePointer(text.keep(usage))
    syntax.doc = UnsafePointer(text.keep(documentation))
    self.syntax = syntax
    self.version = text.keep(version)
    options.reserveCapacity(64)
  }

  /// Begins a group of options under a title.
  @usableFromInline mutating func begin(group title: String) {
    group += 1
    var option = argp_option()
    option.doc = UnsafePointer(text.keep(title + ":"))
    option.group = group
    options.append(option)
  }

  /// Adds an option to the group.
  @usableFromInline mutating func add(_ row: Row) {
    var option = argp_option()
    option.name = UnsafePointer(text.keep(row.name))
    // A letter, or a number that none has.
    option.key = row.short?.asciiValue.map(Int32.init) ?? 256 + Int32(rows.count)
    option.arg = row.value.map { UnsafePointer(text.keep($0)) }
    option.doc = UnsafePointer(text.keep(row.help))
    option.group = group
    options.append(option)
    rows.append(row)
    keys.append(option.key)
  }

  /// Reads the process's command line. What `found` throws is misuse.
  @usableFromInline func parse(_ found: (Word) throws -> Void) {
    var options = options
    var help = argp_option()
    help.key = Reader.help
    help.flags = OPTION_HIDDEN
    options.append(help)
    options.append(argp_option())
    cargp_set_version(version)
    withoutActuallyEscaping(found) { found in
      let reader = Reader(rows: rows, keys: keys, found: found)
      options.withUnsafeBufferPointer { options in
        var syntax = syntax
        syntax.options = options.baseAddress
        // Everything that goes wrong ends the process in argp: this comes back when all is read.
        _ = argp_parse(
          &syntax, CommandLine.argc, CommandLine.unsafeArgv, 0, nil,
          Unmanaged.passUnretained(reader).toOpaque())
      }
      withExtendedLifetime((reader, text)) {}
    }
  }
}

/// What argp's callback finds by its pointer.
private final class Reader {
  /// `-h`, as short as `-?`.
  static let help = Int32(UInt8(ascii: "h"))

  private let rows: [ArgumentTable.Row]
  private let keys: [Int32]
  private let found: (ArgumentTable.Word) throws -> Void

  init(rows: [ArgumentTable.Row], keys: [Int32], found: @escaping (ArgumentTable.Word) throws -> Void) {
    self.rows = rows
    self.keys = keys
    self.found = found
  }

  /// Takes an option, an argument or the end; whether `key` is one of these.
  func take(_ key: Int32, _ argument: String) throws -> Bool {
    switch Int(key) {
    case CARGP_ARGUMENT: try found(.argument(argument))
    case CARGP_END: try found(.end)
    default:
      guard let index = keys.firstIndex(of: key) else { return false }
      let row = rows[index]
      try found(
        .option(index: index, OptionValue(option: "--" + row.name, form: row.value ?? "", text: argument)))
    }
    return true
  }
}

private func take(
  _ key: Int32, _ argument: UnsafeMutablePointer<CChar>?, _ state: UnsafeMutablePointer<argp_state>?
) -> error_t {
  guard let input = state?.pointee.input else { return error_t(CARGP_UNKNOWN) }
  if key == Reader.help { cargp_help(state) }
  do {
    let reader = Unmanaged<Reader>.fromOpaque(input).takeUnretainedValue()
    return try reader.take(key, argument.map { String(cString: $0) } ?? "") ? 0 : error_t(CARGP_UNKNOWN)
  } catch {
    cargp_error(state, Diagnostics.printable("\(error)"))
    return EINVAL
  }
}

/// Strings as C has them, for as long as this lives.
private final class CStrings {
  private var kept: [UnsafeMutablePointer<CChar>] = []

  /// A copy of `text`.
  func keep(_ text: String) -> UnsafeMutablePointer<CChar> {
    var text = text
    let copy = text.withUTF8 { source in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: source.count + 1)
      for index in source.indices { copy[index] = CChar(bitPattern: source[index]) }
      copy[source.count] = 0
      return copy
    }
    kept.append(copy)
    return copy
  }

  deinit { for copy in kept { copy.deallocate() } }
}
