import Glibc

/// What a finished program left behind.
public struct Finished: Sendable {
  /// The exit status, or 128 + the signal that ended the program.
  public let status: Int32
  /// All of its standard output.
  public let output: [UInt8]
  /// All of its standard error.
  public let errors: String

  /// The standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs `program` to its end. Output goes through files, so no amount of it can block.
public func run(
  _ program: String, _ arguments: [String], environment: [String: String] = [:]
) throws -> Finished {
  let files = try ScratchFolder()
  let (outputPath, errorPath) = (files.file("output"), files.file("errors"))
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT, 0o600)

  var variables: [String] = []
  var entry = environ
  while let pointer = entry.pointee {
    let variable = String(cString: pointer)
    if environment[String(variable.prefix { $0 != "=" })] == nil { variables.append(variable) }
    entry += 1
  }
  variables += environment.map { "\($0.key)=\($0.value)" }
  var child = pid_t()
  let code = withStrings([program] + arguments) { argv in
    withStrings(variables) { envp in posix_spawnp(&child, program, &actions, nil, argv, envp) }
  }
  guard code == 0 else { throw TestSupportError("can't run \(program): \(String(cString: strerror(code)))") }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 {
    guard errno == EINTR else { throw TestSupportError("lost \(program)") }
  }
  let signal = status & 0x7F
  return Finished(
    status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: try readFile(outputPath),
    errors: String(decoding: try readFile(errorPath), as: UTF8.self))
}

/// Calls `body` with a C array of C strings that ends with a null pointer.
private func withStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = strings.map { strdup($0) }
  pointers.append(nil)
  defer { pointers.forEach { free($0) } }
  return body(pointers)
}
