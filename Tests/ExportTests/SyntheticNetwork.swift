import Export
import Graph
import OrderedCollections
import TestSupport

/// The recipe of a CBAM_CNN with seeded weights; prints itself when a case fails.
struct SyntheticNetwork: CustomStringConvertible, Sendable {
  var inputChannels = 3
  var widths = [8, 16]
  var ratio = 4
  var spatialKernel = 7
  var hasBias = true
  var side = 12
  var hidden = 10
  var classes = 5
  var seed: UInt64 = 1

  var description: String {
    "CBAM_CNN \(inputChannels)×\(side)×\(side), widths \(widths), ratio \(ratio), kernel \(spatialKernel), "
      + "bias \(hasBias), hidden \(hidden), classes \(classes), seed \(seed)"
  }

  func tensors() throws -> OrderedDictionary<String, Tensor> {
    var generator = SeededGenerator(seed: seed)
    var tensors: OrderedDictionary<String, Tensor> = [:]
    func random(_ shape: [Int], _ range: ClosedRange<Float>) throws -> Tensor {
      try Tensor(
        (0..<shape.reduce(1, *)).map { _ in Float.random(in: range, using: &generator) }, shape: shape)
    }
    var channels = inputChannels
    for (index, width) in widths.enumerated() {
      let n = index + 1
      let spread = 1 / Float(channels * 9).squareRoot()
      tensors["conv\(n).weight"] = try random([width, channels, 3, 3], -spread...spread)
      if hasBias { tensors["conv\(n).bias"] = try random([width], -spread...spread) }
      tensors["bn\(n).weight"] = try random([width], 0.5...1.5)
      tensors["bn\(n).bias"] = try random([width], -0.5...0.5)
      tensors["bn\(n).running_mean"] = try random([width], -0.2...0.2)
      tensors["bn\(n).running_var"] = try random([width], 0.3...1.5)
      tensors["bn\(n).num_batches_tracked"] = try Tensor([7] as [Int64], shape: [])
      tensors["cbam\(n).channel_attn.fc.0.weight"] = try random([width / ratio, width], -0.6...0.6)
      tensors["cbam\(n).channel_attn.fc.2.weight"] = try random([width, width / ratio], -0.6...0.6)
      tensors["cbam\(n).spatial_attn.conv.weight"] = try random(
        [1, 2, spatialKernel, spatialKernel], -0.3...0.3)
      channels = width
    }
    let side = side >> widths.count
    tensors["fc1.weight"] = try random([hidden, channels * side * side], -0.1...0.1)
    tensors["fc1.bias"] = try random([hidden], -0.1...0.1)
    tensors["fc2.weight"] = try random([classes, hidden], -0.3...0.3)
    tensors["fc2.bias"] = try random([classes], -0.3...0.3)
    return tensors
  }

  func input(batch: Int) throws -> Tensor {
    var generator = SeededGenerator(seed: seed ^ 0xFF)
    let shape = [batch, inputChannels, side, side]
    return try Tensor(
      (0..<shape.reduce(1, *)).map { _ in Float.random(in: -2...2, using: &generator) }, shape: shape)
  }
}
