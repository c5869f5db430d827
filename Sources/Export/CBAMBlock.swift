import Graph
import OrderedCollections

/// One CBAM block: where its tensors are, and how it is built.
///
/// Source: Woo et al., "CBAM: Convolutional Block Attention Module", ECCV 2018, equations 2 and 3:
/// `M_c(F) = σ(MLP(AvgPool(F)) + MLP(MaxPool(F)))`, `M_s(F) = σ(f^{7×7}([AvgPool(F); MaxPool(F)]))`.
struct CBAMBlock: Sendable, Equatable {
  /// The block's module, such as `cbam1`.
  let module: String
  /// The module of channel attention, such as `cbam1.channel_attn`.
  let channelModule: String
  /// The bottleneck's two layers, such as `….fc.0` and `….fc.2`.
  let bottleneck: (reduce: String, expand: String)
  /// The module of spatial attention.
  let spatialModule: String
  /// Its convolution.
  let spatialConvolution: String
  /// The BatchNorm behind that convolution, which the paper's authors' code has.
  let spatialNormalization: String?
  /// Whether the maximum comes before the mean in the concatenation. Shapes can't tell; naming conventions do.
  let maximumFirst: Bool
  /// The number of channels.
  let channels: Int
  /// Channels ÷ bottleneck width.
  let ratio: Int
  /// Taps of the spatial convolution, a side.
  let kernel: Int

  static func == (left: CBAMBlock, right: CBAMBlock) -> Bool {
    left.module == right.module && left.channels == right.channels && left.ratio == right.ratio
      && left.kernel == right.kernel
  }

  /// How people name the parts of a block.
  private struct Convention {
    let channel: String
    let layers: (String, String)
    let spatial: String
    let convolution: String
    let normalization: String?
    let maximumFirst: Bool
  }

  private static let conventions = [
    // CBAM_CNN.
    Convention(
      channel: "channel_attn", layers: ("fc.0", "fc.2"), spatial: "spatial_attn", convolution: "conv",
      normalization: nil, maximumFirst: false),
    // The authors' own code (Jongchan/attention-module).
    Convention(
      channel: "ChannelGate", layers: ("mlp.1", "mlp.3"), spatial: "SpatialGate", convolution: "spatial.conv",
      normalization: "spatial.bn", maximumFirst: true),
    // Widely copied variants.
    Convention(
      channel: "ca", layers: ("fc.0", "fc.2"), spatial: "sa", convolution: "conv1", normalization: nil,
      maximumFirst: false),
    Convention(
      channel: "ca", layers: ("fc1", "fc2"), spatial: "sa", convolution: "conv1", normalization: nil,
      maximumFirst: false),
    Convention(
      channel: "channel_attention", layers: ("fc.0", "fc.2"), spatial: "spatial_attention",
      convolution: "conv",
      normalization: nil, maximumFirst: false),
    Convention(
      channel: "channel_attention", layers: ("fc1", "fc2"), spatial: "spatial_attention",
      convolution: "conv1",
      normalization: nil, maximumFirst: false),
  ]

  /// The block whose tensors stand under `module`, or `nil` where no convention's names do.
  ///
  /// - Throws: `ExportError` where the names match but shapes don't fit each other.
  static func find(_ module: String, in weights: Weights, family: String) throws(ExportError) -> CBAMBlock? {
    let prefix = module.isEmpty ? "" : module + "."
    for convention in conventions {
      let channel = prefix + convention.channel
      let spatial = prefix + convention.spatial
      let names = (
        reduce: "\(channel).\(convention.layers.0).weight",
        expand: "\(channel).\(convention.layers.1).weight",
        spatial: "\(spatial).\(convention.convolution).weight"
      )
      guard let reduce = weights.shape(names.reduce), let expand = weights.shape(names.expand),
        let kernel = weights.shape(names.spatial)
      else { continue }
      func isMatrix(_ shape: [Int]) -> Bool {
        shape.allSatisfy { $0 > 0 } && (shape.count == 2 || (shape.count == 4 && shape[2...] == [1, 1]))
      }
      guard isMatrix(reduce) else {
        throw .shape(names.reduce, reduce, reason: "the bottleneck needs [C / ratio, C]")
      }
      guard isMatrix(expand), expand[0] == reduce[1], expand[1] == reduce[0] else {
        throw .shapeConflict(
          names.reduce, reduce, names.expand, expand, reason: "the bottleneck goes C → C / ratio → C")
      }
      guard kernel.count == 4, kernel[0] == 1, kernel[1] == 2, kernel[2] == kernel[3], kernel[2] % 2 == 1
      else {
        throw .shape(names.spatial, kernel, reason: "spatial attention needs [1, 2, k, k] with odd k")
      }
      let normalization = convention.normalization.map { "\(spatial).\($0)" }
      return CBAMBlock(
        module: module, channelModule: channel,
        bottleneck: ("\(channel).\(convention.layers.0)", "\(channel).\(convention.layers.1)"),
        spatialModule: spatial, spatialConvolution: "\(spatial).\(convention.convolution)",
        spatialNormalization: normalization.flatMap { weights.shape("\($0).running_mean") == nil ? nil : $0 },
        maximumFirst: convention.maximumFirst, channels: reduce[1], ratio: reduce[1] / reduce[0],
        kernel: kernel[2])
    }
    return nil
  }

  /// Checks that the block's channels are those of the map it is put on.
  func check(channels: Int, from owner: String, _ shape: [Int], in weights: Weights) throws(ExportError) {
    guard self.channels == channels else {
      let name = bottleneck.reduce + ".weight"
      throw .shapeConflict(
        owner, shape, name, weights.shape(name) ?? [],
        reason: "a map of \(channels) channels meets attention over \(self.channels)")
    }
  }

  /// Appends the block behind the value `input`, `[N, C, H, W]`, and returns the value it writes: `output`, or
  /// one named after the module.
  func build(
    _ input: String, epsilon: Float, output: String? = nil, in builder: inout GraphBuilder
  ) throws(ExportError) -> String {
    let refined = try buildChannelAttention(input, in: &builder)
    return try buildSpatialAttention(refined, epsilon: epsilon, output: output ?? module, in: &builder)
  }

  private func buildChannelAttention(_ input: String, in builder: inout GraphBuilder) throws(ExportError)
    -> String
  {
    // Nodes in PyTorch's order of calls: the mean's way through the bottleneck first.
    var branches: [String] = []
    for (call, pool) in [("avg_pool", "GlobalAveragePool"), ("max_pool", "GlobalMaxPool")].enumerated() {
      let pooled = builder.node(pool.1, [input], output: "\(channelModule).\(pool.0)")
      var value = builder.node(
        "Flatten", [pooled], output: "\(channelModule).\(pool.0).flat", attributes: ["axis": .int(1)])
      value = try builder.linear(bottleneck.reduce, value, output: "\(bottleneck.reduce)#\(call)")
      value = builder.node("Relu", [value], output: "\(activationModule)#\(call)")
      branches.append(try builder.linear(bottleneck.expand, value, output: "\(bottleneck.expand)#\(call)"))
    }
    let sum = builder.node("Add", branches, output: "\(channelModule).sum")
    let attention = builder.node(
      "Sigmoid", [sum], output: channelAttention,
      documentation: "channel attention of \(module), [N, \(channels)]")
    let shape = try builder.constant("\(channelModule).shape", [0, channels, 1, 1])
    let spread = builder.node("Reshape", [attention, shape], output: "\(channelModule).weights")
    return builder.node("Mul", [input, spread], output: channelModule)
  }

  private func buildSpatialAttention(
    _ input: String, epsilon: Float, output: String, in builder: inout GraphBuilder
  ) throws(ExportError) -> String {
    let mean = try builder.reduce("ReduceMean", input, axes: [1], output: "\(spatialModule).mean")
    let maximum = try builder.reduce("ReduceMax", input, axes: [1], output: "\(spatialModule).max")
    let planes = builder.node(
      "Concat", maximumFirst ? [maximum, mean] : [mean, maximum], output: "\(spatialModule).planes",
      attributes: ["axis": .int(1)])
    var value = try builder.convolution(spatialConvolution, planes)
    if let spatialNormalization {
      value = try builder.batchNormalization(spatialNormalization, value, epsilon: epsilon)
    }
    let attention = builder.node(
      "Sigmoid", [value], output: spatialAttention,
      documentation: "spatial attention of \(module), [N, 1, H, W]")
    return builder.node("Mul", [input, attention], output: output)
  }

  /// The value that holds channel attention, `[N, C]`.
  var channelAttention: String { "\(channelModule).sigmoid" }
  /// The value that holds spatial attention, `[N, 1, H, W]`.
  var spatialAttention: String { "\(spatialModule).sigmoid" }

  /// The module of the ReLU between the layers: `fc.1` between `fc.0` and `fc.2`, otherwise `relu`.
  private var activationModule: String {
    let parts = bottleneck.reduce.split(separator: ".")
    if let last = parts.last, let index = Int(last) {
      return (parts.dropLast().map(String.init) + ["\(index + 1)"]).joined(separator: ".")
    }
    return "\(channelModule).relu"
  }
}
