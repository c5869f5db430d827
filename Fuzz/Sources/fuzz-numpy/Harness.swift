import Files

/// Reads the bytes as one NumPy array, and as a tensor.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = FileBytes(copying: UnsafeBufferPointer(start: data, count: count))
  if let array = try? NumPyArray(npy: bytes, label: "input") { _ = try? array.tensor() }
  return 0
}
