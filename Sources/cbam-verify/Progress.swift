import Glibc

/// How far the work is, on one line of standard error, where that is a terminal.
struct Progress {
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// Shows `done` of `all`.
  func show(_ done: Int, of all: Int, _ what: String) { write("\r\u{1B}[K\(done)/\(all) \(what)") }

  /// Takes the line away.
  func clear() { write("\r\u{1B}[K") }

  // Nothing depends on it: what can't be written is not shown.
  private func write(_ text: String) {
    guard isTerminal else { return }
    _ = text.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
  }
}
