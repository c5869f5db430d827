import Glibc

/// Runs one of the package's own commands, built beside the tests.
///
/// - Throws: `TestSupportError` where it can't be started.
public func runCommand(_ name: String, _ arguments: [String]) throws -> Finished {
  try run(try commandPath(name), arguments)
}

/// Where one of the package's own commands is.
///
/// - Throws: `TestSupportError` where the tests were built without it.
public func commandPath(_ name: String) throws -> String {
  var buffer = [CChar](repeating: 0, count: 4096)
  let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
  guard count > 0 else { throw TestSupportError("can't tell where the tests are") }
  let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let folder = own.split(separator: "/").dropLast().joined(separator: "/")
  let path = "/\(folder)/\(name)"
  guard access(path, X_OK) == 0 else { throw TestSupportError("\(path) was not built") }
  return path
}
