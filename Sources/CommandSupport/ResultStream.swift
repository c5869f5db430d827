import Glibc

/// Standard output, which carries results only.
public struct ResultStream: Sendable {
  /// Whether a person reads: standard output is a terminal, and `NO_COLOR` is not set.
  public let isTerminal: Bool
  /// Columns of the terminal; 80 where it doesn't say.
  public let columns: Int

  /// Standard output as it is.
  public init() {
    isTerminal = isatty(STDOUT_FILENO) == 1
    var size = winsize()
    let answers = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    columns = answers ? Int(size.ws_col) : 80
  }

  /// Whether text may be coloured: a terminal, unless `NO_COLOR` is set (no-color.org).
  public var isColored: Bool { isTerminal && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true) }

  /// Writes a line, at once.
  ///
  /// - Throws: `OutputError` where the system refuses, for example when the disk is full.
  public func line(_ text: String) throws(OutputError) {
    let code = writeAll(text + "\n", to: STDOUT_FILENO)
    if code != 0 { throw OutputError(code) }
  }

  /// Writes one JSON object on one line, keys sorted. Numbers that JSON doesn't know are strings: `"nan"`,
  /// `"inf"`, `"-inf"`.
  ///
  /// - Throws: `OutputError` where the system refuses.
  public func json(_ value: some Encodable) throws { try line(Self.json(value)) }

  /// One JSON object as text; see `json(_:)`.
  public static func json(_ value: some Encodable) throws -> String {
    guard let line = try JSONTree(value).line else { throw OutputError(ENOMEM) }
    return line
  }
}

/// Standard output can't be written to.
public struct OutputError: Error, CustomStringConvertible {
  private let code: Int32

  init(_ code: Int32) { self.code = code }

  /// One sentence for people.
  public var description: String { "can't write the results: \(String(cString: strerror(code)))" }
}

/// Writes all of `text`; the system's error code, or zero.
func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 {
      if errno == EINTR { continue }
      return errno
    }
    rest = rest.dropFirst(written)
  }
  return 0
}
