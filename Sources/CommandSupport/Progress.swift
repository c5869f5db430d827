import Glibc

/// How far the work is, on one line of standard error, where that is a terminal.
public struct Progress {
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// Shows nothing yet.
  public init() {}

  /// Shows `done` of `all`.
  public func show(_ done: Int, of all: Int, _ what: String) { write("\r\u{1B}[K\(done)/\(all) \(what)") }

  /// Takes the line away.
  public func clear() { write("\r\u{1B}[K") }

  // Nothing depends on it: what can't be written is not shown.
  private func write(_ text: String) {
    guard isTerminal else { return }
    _ = text.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
  }
}
