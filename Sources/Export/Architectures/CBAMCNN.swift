import Graph
import OrderedCollections

/// CBAM_CNN: blocks of Conv → BatchNorm → ReLU → MaxPool2 → CBAM, then two linear layers.
///
/// Modules: `conv1`, `bn1`, `cbam1.channel_attn.fc.0`, …, `fc1`, `fc2`; three blocks in the original, any number
/// here.
struct CBAMCNN: Architecture {
  static let name = "cbam_cnn"
  static let summary = "CBAM_CNN: Conv-BatchNorm-ReLU-MaxPool-CBAM blocks and two linear layers"

  /// One block's parts.
  struct Block: Sendable {
    let width: Int
    let kernel: [Int]
    let attention: CBAMBlock
  }

  let blocks: [Block]
  let inputChannels: Int
  let hidden: Int
  let classes: Int
  /// Elements of one channel that fc1 expects: height × width behind the last pooling.
  let finalArea: Int

  static func recognize(_ weights: Weights) throws(ExportError) -> CBAMCNN? {
    guard weights.shape("conv1.weight") != nil, weights.shape("fc1.weight") != nil,
      try CBAMBlock.find("cbam1", in: weights, family: name) != nil
    else { return nil }
    var blocks: [Block] = []
    var previous: (name: String, shape: [Int])?
    while weights.shape("conv\(blocks.count + 1).weight") != nil {
      let number = blocks.count + 1
      let convolution = "conv\(number).weight"
      let shape = try weights.shape(convolution, rank: 4, family: name)
      if let previous, shape[1] != previous.shape[0] {
        throw .shapeConflict(
          previous.name, previous.shape, convolution, shape,
          reason: "\(previous.shape[0]) channels go out, \(shape[1]) come in")
      }
      guard shape[2] % 2 == 1, shape[3] % 2 == 1 else {
        throw .shape(convolution, shape, reason: "an even kernel can't keep the map's extent")
      }
      if weights.shape("conv\(number).bias") != nil {
        try weights.checkVector("conv\(number).bias", of: convolution, family: name)
      }
      for part in ["weight", "bias", "running_mean", "running_var"] {
        try weights.checkVector("bn\(number).\(part)", of: convolution, family: name)
      }
      guard let attention = try CBAMBlock.find("cbam\(number)", in: weights, family: name) else {
        throw .missingTensor(name: "cbam\(number).channel_attn.fc.0.weight", family: name)
      }
      try attention.check(channels: shape[0], from: convolution, shape, in: weights)
      blocks.append(Block(width: shape[0], kernel: Array(shape[2...]), attention: attention))
      previous = (convolution, shape)
    }
    let first = try weights.shape("conv1.weight", rank: 4, family: name)
    let fc1 = try weights.shape("fc1.weight", rank: 2, family: name)
    let fc2 = try weights.shape("fc2.weight", rank: 2, family: name)
    guard let previous, fc1[1] % previous.shape[0] == 0 else {
      throw .shapeConflict(
        previous?.name ?? "conv1.weight", previous?.shape ?? [], "fc1.weight", fc1,
        reason: "fc1's columns are no multiple of the last block's channels")
    }
    guard fc2[1] == fc1[0] else {
      throw .shapeConflict(
        "fc1.weight", fc1, "fc2.weight", fc2, reason: "\(fc1[0]) elements go out, \(fc2[1]) come in")
    }
    for layer in ["fc1", "fc2"] where weights.shape("\(layer).bias") != nil {
      try weights.checkVector("\(layer).bias", of: "\(layer).weight", family: name)
    }
    return CBAMCNN(
      blocks: blocks, inputChannels: first[1], hidden: fc1[0], classes: fc2[0],
      finalArea: fc1[1] / previous.shape[0])
  }

  var facts: [(label: String, value: String)] {
    let kernels = Set(blocks.map { $0.attention.kernel }).sorted().map { "\($0)×\($0)" }
    return [
      ("family", Self.name), ("input channels", "\(inputChannels)"),
      ("widths", blocks.map { "\($0.width)" }.joined(separator: ", ")),
      (
        "CBAM ratio", Set(blocks.map { $0.attention.ratio }).sorted().map(String.init).joined(separator: ", ")
      ),
      ("spatial kernel", kernels.joined(separator: ", ")), ("hidden", "\(hidden)"), ("classes", "\(classes)"),
    ]
  }

  func inputSize(_ options: LoweringOptions) throws(ExportError) -> Preprocessing.Size? {
    if options.dynamicSize {
      throw .option("fc1 needs maps of \(finalArea) elements, so height and width can't be dynamic")
    }
    let step = 1 << blocks.count
    if let size = options.size {
      // Each pooling rounds down.
      guard (size.height / step) * (size.width / step) == finalArea else {
        throw .option(
          "an input of \(size) gives maps of \(size.height / step)×\(size.width / step) behind \(blocks.count) "
            + "poolings, and fc1 needs \(finalArea) elements")
      }
      return size
    }
    let side = Int(Double(finalArea).squareRoot().rounded())
    guard side * side == finalArea else {
      throw .option("fc1 needs maps of \(finalArea) elements, which is no square: say --size HxW")
    }
    return Preprocessing.Size(height: side * step, width: side * step)
  }

  func lower(
    _ input: String, options: LoweringOptions, into builder: inout GraphBuilder
  ) throws(ExportError) -> Lowered {
    var value = input
    for (index, block) in blocks.enumerated() {
      let number = index + 1
      value = try builder.convolution("conv\(number)", value)
      value = try builder.batchNormalization("bn\(number)", value, epsilon: options.batchNormEpsilon)
      // The last block's ReLU module is called again behind fc1.
      let relu = number == blocks.count ? "relu\(number)#0" : "relu\(number)"
      value = builder.node("Relu", [value], output: relu)
      value = builder.maxPool(value, kernel: 2, stride: 2, output: "pool\(number)")
      value = try block.attention.build(value, epsilon: options.batchNormEpsilon, in: &builder)
    }
    value = builder.node("Flatten", [value], output: "flatten", attributes: ["axis": .int(1)])
    value = try builder.linear("fc1", value)
    value = builder.node("Relu", [value], output: "relu\(blocks.count)#1")
    value = try builder.linear("fc2", value, output: "logits")
    return Lowered(
      logits: value,
      attention: blocks.map {
        ($0.attention.module, $0.attention.channelAttention, $0.attention.spatialAttention)
      })
  }
}
