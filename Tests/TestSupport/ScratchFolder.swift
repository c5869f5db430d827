import Glibc

/// A folder that goes away with the test.
public final class ScratchFolder {
  /// Where the folder is.
  public let path: String

  /// Makes an empty folder.
  public init() throws {
    var template = Array("/tmp/cbam-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { throw TestSupportError("mkdtemp failed: \(String(cString: strerror(errno)))") }
    path = made
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The names in the folder, in order.
  public var names: [String] { namesInFolder(path) }

  deinit { removeTree(path) }
}

/// The names in a folder, in order; none where there is no such folder.
public func namesInFolder(_ path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

private func removeTree(_ path: String) {
  for name in namesInFolder(path) { removeTree("\(path)/\(name)") }
  if unlink(path) != 0 { rmdir(path) }
}

/// Why a test could not be set up.
public struct TestSupportError: Error, CustomStringConvertible {
  /// One sentence.
  public let description: String
  /// An error with this sentence.
  public init(_ description: String) { self.description = description }
}
