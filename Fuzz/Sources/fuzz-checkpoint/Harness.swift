import Checkpoint
import Files

/// Opens the bytes as a checkpoint, lists it, and reads every tensor.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var limits = CheckpointLimits()
  limits.memory = 1 << 24
  limits.string = 1 << 20
  let bytes = FileBytes(copying: UnsafeBufferPointer(start: data, count: count))
  guard let file = try? CheckpointFile.open(bytes: bytes, path: "input", limits: limits) else { return 0 }
  _ = try? Outline(file, limit: 10_000)
  for candidate in file.candidates {
    let key = candidate.keyPath.isEmpty ? nil : candidate.keyPath
    guard let state = try? file.stateDict(weightsKey: key) else { continue }
    for tensor in state.tensors.values { _ = try? tensor.tensor() }
  }
  return 0
}
