import Glibc

/// All bytes of a file.
public func readFile(_ path: String) throws -> [UInt8] {
  guard let file = fopen(path, "rb") else {
    throw TestSupportError("can't open \(path): \(String(cString: strerror(errno)))")
  }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
  return bytes
}

/// Makes or replaces a file.
public func writeFile(_ path: String, _ bytes: some Collection<UInt8>) throws {
  guard let file = fopen(path, "wb") else {
    throw TestSupportError("can't write \(path): \(String(cString: strerror(errno)))")
  }
  let written = Array(bytes).withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  guard fclose(file) == 0, written == bytes.count else { throw TestSupportError("can't write \(path)") }
}
