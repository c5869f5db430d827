import Glibc

/// What commands say to people besides their results: one line each, on standard error.
public struct Diagnostics: Sendable {
  /// The command's name, which begins every line.
  public let command: String

  /// Diagnostics of `command`.
  public init(command: String) { self.command = command }

  /// Says something that the user should know although all went well.
  public func note(_ text: String) { write("\(command): \(Self.printable(text))") }

  /// Says what went wrong.
  public func report(_ error: any Error) { write("\(command): \(Self.printable("\(error)"))") }

  /// Runs a command's work and ends the process: with status 0, or 1 where it throws, after saying what.
  public func run(_ work: () throws -> Void) -> Never {
    do {
      try work()
    } catch {
      if !(error is Unsuccessful) { report(error) }
      exit(EXIT_FAILURE)
    }
    exit(EXIT_SUCCESS)
  }

  // Where even this can't be written there is nobody left to tell.
  private func write(_ line: String) { _ = writeAll(line + "\n", to: STDERR_FILENO) }

  /// Names come from files, which must not be able to move the cursor or colour a terminal. Line breaks stay,
  /// for lists.
  public static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control where scalar != "\n", .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}

/// A command did what it was asked, and the answer is no. It has said so.
public struct Unsuccessful: Error {
  /// A no that needs no more words.
  public init() {}
}
