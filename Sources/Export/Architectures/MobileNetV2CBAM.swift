import Graph
import OrderedCollections

/// MobileNetV2 with CBAM behind each inverted residual, before its skip connection.
///
/// Strides are not in a state_dict; they follow from the seven groups of widths of the paper (Sandler et al.,
/// "MobileNetV2", table 2): stem 2, then 1, 2, 2, 2, 1, 2, 1.
struct MobileNetV2CBAM: Architecture {
  static let name = "mobilenetv2_cbam"
  static let activation = "ReLU6"
  static let summary = "MobileNetV2 with CBAM behind its inverted residuals"

  /// A convolution and the BatchNorm behind it.
  struct Layer: Sendable {
    let convolution: String
    let normalization: String
    let shape: [Int]
    /// One filter a channel.
    var isDepthwise: Bool { shape[1] == 1 && shape[2] > 1 }
  }

  /// One entry of `features`.
  struct Stage: Sendable {
    let module: String
    let layers: [Layer]
    let stride: Int
    let hasSkip: Bool
    let attention: CBAMBlock?
  }

  let stages: [Stage]
  let classifier: String
  let classes: Int
  let inputChannels: Int

  private static let strides = [1, 2, 2, 2, 1, 2, 1]

  static func recognize(_ weights: Weights) throws(ExportError) -> MobileNetV2CBAM? {
    guard
      let classifier = ["classifier", "classifier.1"].first(where: {
        weights.shape("\($0).weight")?.count == 2
      }),
      weights.entries.keys.contains(where: { $0.hasPrefix("features.1.conv.") })
    else { return nil }
    var count = 0
    while weights.entries.keys.contains(where: { $0.hasPrefix("features.\(count).") }) { count += 1 }
    var found: [(module: String, layers: [Layer], attention: CBAMBlock?)] = []
    for index in 0..<count {
      let module = "features.\(index)"
      let attention = try CBAMBlock.find("\(module).cbam", in: weights, family: name)
      found.append((module, try layers(of: module, in: weights), attention))
    }
    guard found.contains(where: { $0.attention != nil }), found.count >= 3,
      found.allSatisfy({ !$0.layers.isEmpty })
    else { return nil }
    try checkWidths(found.flatMap(\.layers))
    // Every change of width starts a group.
    var stages: [Stage] = []
    var group = -1
    var width = 0
    for (index, item) in found.enumerated() {
      guard let last = item.layers.last else { continue }
      try item.attention?.check(
        channels: last.shape[0], from: last.convolution + ".weight", last.shape, in: weights)
      var stride = 1
      var hasSkip = false
      if index == 0 {
        stride = 2
      } else if index < found.count - 1 {
        let isFirst = last.shape[0] != width || index == 1
        if isFirst { group += 1 }
        guard group < strides.count else {
          throw .shape(
            last.convolution + ".weight", last.shape,
            reason:
              "MobileNetV2 has \(strides.count) groups of widths, this is one more, and strides can't be told"
          )
        }
        stride = isFirst ? strides[group] : 1
        hasSkip = stride == 1 && last.shape[0] == width
      }
      stages.append(
        Stage(
          module: item.module, layers: item.layers, stride: stride, hasSkip: hasSkip,
          attention: item.attention))
      width = last.shape[0]
    }
    guard group == strides.count - 1 else {
      throw .shape(
        "features.1.conv", [],
        reason: "MobileNetV2 has \(strides.count) groups of widths, found \(group + 1), and "
          + "strides can't be told")
    }
    let head = try weights.shape("\(classifier).weight", rank: 2, family: name)
    guard head[1] == width, let first = stages.first?.layers.first else {
      throw .shape("\(classifier).weight", head, reason: "\(width) channels go out, \(head[1]) come in")
    }
    return MobileNetV2CBAM(
      stages: stages, classifier: classifier, classes: head[0], inputChannels: first.shape[1])
  }

  /// Convolutions in order, each with the BatchNorm that follows it.
  private static func layers(of module: String, in weights: Weights) throws(ExportError) -> [Layer] {
    var layers: [Layer] = []
    var pending: (name: String, shape: [Int])?
    for (name, entry) in weights.entries
    where name.hasPrefix(module + ".") && !name.hasPrefix(module + ".cbam.") && name.hasSuffix(".weight") {
      let owner = String(name.dropLast(".weight".count))
      if entry.shape.count == 4 {
        pending = (owner, entry.shape)
      } else if let convolution = pending {
        for part in ["weight", "bias", "running_mean", "running_var"] {
          try weights.checkVector("\(owner).\(part)", of: "\(convolution.name).weight", family: Self.name)
        }
        layers.append(Layer(convolution: convolution.name, normalization: owner, shape: convolution.shape))
        pending = nil
      }
    }
    return layers
  }

  private static func checkWidths(_ layers: [Layer]) throws(ExportError) {
    for (one, other) in zip(layers, layers.dropFirst()) {
      let expected = other.isDepthwise ? other.shape[0] : other.shape[1]
      guard one.shape[0] == expected else {
        throw .shapeConflict(
          one.convolution + ".weight", one.shape, other.convolution + ".weight", other.shape,
          reason: "\(one.shape[0]) channels go out, \(expected) come in")
      }
    }
  }

  var facts: [(label: String, value: String)] {
    let attention = stages.compactMap(\.attention)
    return [
      ("family", Self.name), ("input channels", "\(inputChannels)"), ("stages", "\(stages.count)"),
      ("CBAM ratio", Set(attention.map(\.ratio)).sorted().map(String.init).joined(separator: ", ")),
      ("spatial kernel", Set(attention.map(\.kernel)).sorted().map { "\($0)×\($0)" }.joined(separator: ", ")),
      ("classes", "\(classes)"),
    ]
  }

  func inputSize(_ options: LoweringOptions) throws(ExportError) -> Preprocessing.Size? {
    options.dynamicSize ? nil : options.size ?? Preprocessing.Size(height: 224, width: 224)
  }

  func lower(
    _ input: String, options: LoweringOptions, into builder: inout GraphBuilder
  ) throws(ExportError) -> Lowered {
    var value = input
    for (index, stage) in stages.enumerated() {
      let entry = value
      // An inverted residual ends in a linear layer; the stem and the head end in ReLU6.
      let isResidual = index > 0 && index < stages.count - 1
      for (position, layer) in stage.layers.enumerated() {
        let strided = layer.shape[2] > 1
        value = try builder.convolution(
          layer.convolution, value, stride: strided ? stage.stride : 1,
          groups: layer.isDepthwise ? layer.shape[0] : 1)
        value = try builder.batchNormalization(layer.normalization, value, epsilon: options.batchNormEpsilon)
        if !isResidual || position < stage.layers.count - 1 {
          value = try builder.relu6(value, output: "\(layer.normalization).relu6")
        }
      }
      if let attention = stage.attention {
        value = try attention.build(value, epsilon: options.batchNormEpsilon, in: &builder)
      }
      if stage.hasSkip { value = builder.node("Add", [entry, value], output: stage.module) }
    }
    value = builder.node("GlobalAveragePool", [value], output: "pool")
    value = builder.node("Flatten", [value], output: "flatten", attributes: ["axis": .int(1)])
    value = try builder.linear(classifier, value, output: "logits")
    return Lowered(
      logits: value,
      attention: stages.compactMap(\.attention).map { ($0.module, $0.channelAttention, $0.spatialAttention) })
  }
}
