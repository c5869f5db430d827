import Graph
import OrderedCollections

/// ResNet with CBAM before each block's residual addition, as the paper's authors have it
/// (Jongchan/attention-module), and the widely copied variants that name attention `ca` and `sa`.
///
/// Strides are not in a state_dict: each stage but the first halves the map with its first block, in the 3×3
/// convolution. A 7×7 stem has stride 2 and a MaxPool behind it; a 3×3 stem, as for CIFAR, has neither.
struct ResNetCBAM: Architecture {
  static let name = "resnet_cbam"
  static let summary = "ResNet with CBAM in its blocks"

  /// One residual block.
  struct Block: Sendable {
    let module: String
    /// Two 3×3 convolutions, or 1×1, 3×3, 1×1.
    let isBottleneck: Bool
    let stride: Int
    let groups: Int
    let hasShortcut: Bool
    let attention: CBAMBlock?
  }

  let blocks: [Block]
  let stem: [Int]
  let classes: Int

  var inputChannels: Int { stem[1] }
  private var isLarge: Bool { stem[2] == 7 }

  static func recognize(_ weights: Weights) throws(ExportError) -> ResNetCBAM? {
    guard weights.shape("conv1.weight") != nil, weights.shape("layer1.0.conv1.weight") != nil,
      weights.shape("fc.weight") != nil
    else { return nil }
    let stem = try weights.shape("conv1.weight", rank: 4, family: name)
    guard stem[2] == stem[3], stem[2] == 7 || stem[2] == 3 else {
      throw .shape("conv1.weight", stem, reason: "a stem has a 7×7 or 3×3 kernel")
    }
    try checkNormalization("bn1", of: "conv1", in: weights)
    var blocks: [Block] = []
    var previous = (name: "conv1.weight", shape: stem)
    var stage = 1
    while weights.shape("layer\(stage).0.conv1.weight") != nil {
      var number = 0
      while weights.shape("layer\(stage).\(number).conv1.weight") != nil {
        let module = "layer\(stage).\(number)"
        let (block, last) = try recognizeBlock(
          module, stride: stage > 1 && number == 0 ? 2 : 1, previous: previous, in: weights)
        blocks.append(block)
        previous = last
        number += 1
      }
      stage += 1
    }
    guard blocks.contains(where: { $0.attention != nil }) else { return nil }
    let fc = try weights.shape("fc.weight", rank: 2, family: name)
    guard fc[1] == previous.shape[0] else {
      throw .shapeConflict(
        previous.name, previous.shape, "fc.weight", fc,
        reason: "\(previous.shape[0]) channels go out, \(fc[1]) come in")
    }
    return ResNetCBAM(blocks: blocks, stem: stem, classes: fc[0])
  }

  private static func recognizeBlock(
    _ module: String, stride: Int, previous: (name: String, shape: [Int]), in weights: Weights
  ) throws(ExportError) -> (Block, (name: String, shape: [Int])) {
    let isBottleneck = weights.shape("\(module).conv3.weight") != nil
    var incoming = previous
    var groups = 1
    for layer in 1...(isBottleneck ? 3 : 2) {
      let name = "\(module).conv\(layer).weight"
      let shape = try weights.shape(name, rank: 4, family: Self.name)
      // Only the middle convolution of a bottleneck comes in groups (ResNeXt).
      if isBottleneck, layer == 2, incoming.shape[0] % shape[1] == 0 { groups = incoming.shape[0] / shape[1] }
      let expected = isBottleneck && layer == 2 ? shape[1] * groups : shape[1]
      guard expected == incoming.shape[0] else {
        throw .shapeConflict(
          incoming.name, incoming.shape, name, shape,
          reason: "\(incoming.shape[0]) channels go out, \(shape[1]) come in")
      }
      try checkNormalization("\(module).bn\(layer)", of: "\(module).conv\(layer)", in: weights)
      incoming = (name, shape)
    }
    let shortcut = "\(module).downsample.0.weight"
    let hasShortcut = weights.shape(shortcut) != nil
    if hasShortcut {
      let shape = try weights.shape(shortcut, rank: 4, family: Self.name)
      guard shape[0] == incoming.shape[0], shape[1] == previous.shape[0] else {
        throw .shapeConflict(
          incoming.name, incoming.shape, shortcut, shape, reason: "the shortcut joins other widths")
      }
      try checkNormalization("\(module).downsample.1", of: "\(module).downsample.0", in: weights)
    } else if incoming.shape[0] != previous.shape[0] || stride != 1 {
      throw .missingTensor(name: shortcut, family: Self.name)
    }
    var attention = try CBAMBlock.find("\(module).cbam", in: weights, family: Self.name)
    if attention == nil { attention = try CBAMBlock.find(module, in: weights, family: Self.name) }
    try attention?.check(channels: incoming.shape[0], from: incoming.name, incoming.shape, in: weights)
    let block = Block(
      module: module, isBottleneck: isBottleneck, stride: stride, groups: groups, hasShortcut: hasShortcut,
      attention: attention)
    return (block, incoming)
  }

  private static func checkNormalization(
    _ module: String, of convolution: String, in weights: Weights
  ) throws(ExportError) {
    for part in ["weight", "bias", "running_mean", "running_var"] {
      try weights.checkVector("\(module).\(part)", of: "\(convolution).weight", family: name)
    }
  }

  var facts: [(label: String, value: String)] {
    let attention = blocks.compactMap(\.attention)
    let stages = Dictionary(grouping: blocks) { $0.module.prefix { $0 != "." } }
    return [
      ("family", Self.name), ("input channels", "\(inputChannels)"),
      ("blocks", stages.keys.sorted().map { "\(stages[$0]?.count ?? 0)" }.joined(separator: ", ")),
      ("kind", blocks.contains { $0.isBottleneck } ? "bottleneck" : "basic"),
      ("stem", isLarge ? "7×7, stride 2, MaxPool" : "3×3"),
      ("CBAM ratio", Set(attention.map(\.ratio)).sorted().map(String.init).joined(separator: ", ")),
      (
        "spatial kernel", Set(attention.map(\.kernel)).sorted().map { "\($0)×\($0)" }.joined(separator: ", ")
      ), ("classes", "\(classes)"),
    ]
  }

  func inputSize(_ options: LoweringOptions) throws(ExportError) -> Preprocessing.Size? {
    if options.dynamicSize { return nil }
    return options.size ?? (isLarge ? .init(height: 224, width: 224) : .init(height: 32, width: 32))
  }

  func lower(
    _ input: String, options: LoweringOptions, into builder: inout GraphBuilder
  ) throws(ExportError) -> Lowered {
    let epsilon = options.batchNormEpsilon
    var value = try builder.convolution("conv1", input, stride: isLarge ? 2 : 1)
    value = try builder.batchNormalization("bn1", value, epsilon: epsilon)
    value = builder.node("Relu", [value], output: "relu")
    if isLarge { value = builder.maxPool(value, kernel: 3, stride: 2, padding: 1, output: "maxpool") }
    for block in blocks { value = try lower(block, value, epsilon: epsilon, into: &builder) }
    value = builder.node("GlobalAveragePool", [value], output: "avgpool")
    value = builder.node("Flatten", [value], output: "flatten", attributes: ["axis": .int(1)])
    value = try builder.linear("fc", value, output: "logits")
    return Lowered(
      logits: value,
      attention: blocks.compactMap(\.attention).map { ($0.module, $0.channelAttention, $0.spatialAttention) })
  }

  private func lower(
    _ block: Block, _ input: String, epsilon: Float, into builder: inout GraphBuilder
  ) throws(ExportError) -> String {
    let module = block.module
    var value = input
    let layers = block.isBottleneck ? 3 : 2
    for layer in 1...layers {
      // The 3×3 convolution that carries the stride: the first of two, the middle of three.
      let isStrided = layer == (block.isBottleneck ? 2 : 1)
      value = try builder.convolution(
        "\(module).conv\(layer)", value, stride: isStrided ? block.stride : 1,
        groups: block.isBottleneck && layer == 2 ? block.groups : 1)
      value = try builder.batchNormalization("\(module).bn\(layer)", value, epsilon: epsilon)
      if layer < layers { value = builder.node("Relu", [value], output: "\(module).relu#\(layer - 1)") }
    }
    if let attention = block.attention {
      // A block whose attention stands in it directly has no module of its own to be named after.
      value = try attention.build(
        value, epsilon: epsilon, output: attention.module == module ? "\(module).cbam" : attention.module,
        in: &builder)
    }
    var shortcut = input
    if block.hasShortcut {
      shortcut = try builder.convolution("\(module).downsample.0", input, stride: block.stride, padding: 0)
      shortcut = try builder.batchNormalization("\(module).downsample.1", shortcut, epsilon: epsilon)
    }
    value = builder.node("Add", [value, shortcut], output: "\(module).sum")
    return builder.node("Relu", [value], output: module)
  }
}
