import Files
import Graph

/// One file's values and the memory behind its tensors, which all its records share.
final class Document: Sendable {
  let path: String
  let heap: PickleHeap
  let root: NodeID
  /// What stands behind each of `heap.storages`.
  let storages: [Storage]
  let limits: CheckpointLimits

  init(path: String, heap: PickleHeap, root: NodeID, storages: [Storage], limits: CheckpointLimits) {
    self.path = path
    self.heap = heap
    self.root = root
    self.storages = storages
    self.limits = limits
  }

  /// The tensor that a node describes.
  func tensor(_ node: TensorNode) -> StateTensor {
    let quantization: StateTensor.Quantization? = node.quantization.map { quantization in
      switch quantization {
      case .perTensor(let scale, let zeroPoint): .perTensor(scale: scale, zeroPoint: zeroPoint)
      case .perChannel(let scales, let zeroPoints, let axis):
        .perChannel(
          scales: { () throws(CheckpointError) in try self.plainTensor(scales) },
          zeroPoints: { () throws(CheckpointError) in try self.plainTensor(zeroPoints) }, axis: axis)
      }
    }
    var refusal = node.refusal
    let storedAs = node.type.storedAs ?? .uint8
    if refusal == nil {
      if node.type.storedAs == nil {
        refusal = "elements of type \(node.type.name) have no counterpart in ONNX"
      } else if node.type.isQuantized, quantization == nil {
        refusal = "it is quantized, but has no scale"
      } else if !node.signs.isEmpty, !StateTensor.canChangeSigns(storedAs) {
        refusal = "its \(node.type.name) elements are kept with the other sign"
      }
    }
    return StateTensor(
      name: "", dtype: node.type.name, elementType: quantization == nil ? storedAs : .float32,
      shape: node.shape, strides: node.strides, storageOffset: node.offset,
      storage: node.storage.map { storages[$0] }, quantization: quantization, isParameter: node.isParameter,
      signs: node.signs, refusal: refusal, storedAs: storedAs, path: path, limits: limits)
  }

  /// The numbers of a tensor that is part of another one's description, so it can't be quantized itself.
  private func plainTensor(_ id: NodeID) throws(CheckpointError) -> Tensor {
    guard case .tensor(let node) = heap[id], node.quantization == nil else {
      throw .malformed(path: path, detail: "the scales of a quantized tensor are no plain tensor")
    }
    return try tensor(node).tensor()
  }
}
