import ArgumentParser
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

  /// Runs `body`; what it throws is reported and ends the command with status 1, but what the argument parser
  /// throws (misuse, help) is left to it.
  public func run(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch let misuse as ValidationError {
      throw misuse
    } catch {
      report(error)
      throw ExitCode(1)
    }
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
