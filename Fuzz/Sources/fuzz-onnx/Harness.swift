import Files
import Graph
import ONNX

/// Reads the bytes as a model, then says what is wrong with it, upgrades it and infers its types.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var limits = ReaderLimits()
  limits.messages = 100_000
  limits.totalBytes = 1 << 24
  let bytes = FileBytes(copying: UnsafeBufferPointer(start: data, count: count))
  guard let model = try? ONNXReader(limits: limits).model(bytes, path: "input") else { return 0 }
  _ = model.problems()
  guard let upgraded = try? model.upgraded() else { return 0 }
  _ = try? upgraded.graph.inferringTypes()
  return 0
}
