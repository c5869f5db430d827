import Graph

/// Quantized tensors as the numbers they stand for.
extension StateTensor {
  /// (q − zero point) · scale in `Float`, as PyTorch's `dequantize` computes it.
  func dequantized(_ stored: Tensor, _ quantization: Quantization) throws(CheckpointError) -> Tensor {
    try requireMemory()
    switch quantization {
    case .perTensor(let scale, let zeroPoint):
      return try dequantized(stored, scales: [scale], zeroPoints: [zeroPoint], inner: max(1, stored.count))
    case .perChannel(let scales, let zeroPoints, let axis):
      let scaleValues: [Double]
      let zeroValues: [Int64]
      do {
        scaleValues = try scales().doubles()
        zeroValues = try zeroPoints().integers()
      } catch {
        throw .unreadableTensor(path: path, tensor: name, reason: "its scales can't be read: \(error)")
      }
      guard shape.indices.contains(axis), scaleValues.count == shape[axis], zeroValues.count == shape[axis]
      else {
        throw .unreadableTensor(
          path: path, tensor: name, reason: "its scales don't fit dimension \(axis) of shape \(shape)")
      }
      let inner = stored.count == 0 ? 1 : shape[(axis + 1)...].reduce(1, *)
      return try dequantized(stored, scales: scaleValues, zeroPoints: zeroValues, inner: inner)
    }
  }

  /// `inner` elements in a row have the same scale; scales repeat from the first when all are used.
  private func dequantized(
    _ stored: Tensor, scales: [Double], zeroPoints: [Int64], inner: Int
  ) throws(CheckpointError) -> Tensor {
    do {
      let values = try stored.integers().enumerated().map { index, value in
        let channel = index / inner % scales.count
        return Float(value &- zeroPoints[channel]) * Float(scales[channel])
      }
      return try Tensor(values, shape: shape)
    } catch {
      throw .unreadableTensor(path: path, tensor: name, reason: "\(error)")
    }
  }
}
