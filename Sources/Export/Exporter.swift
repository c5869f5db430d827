import Graph
import ONNX
import OrderedCollections

/// How an exported model is written.
public struct ExportOptions: Sendable {
  /// The family, or `nil` to recognise it.
  public var architecture: String?
  /// The operator-set version.
  public var opset = 17
  /// What lowering needs to know.
  public var lowering = LoweringOptions()
  /// Whether BatchNorm stays a node of its own.
  public var keepsBatchNorm = false
  /// How weights are stored.
  public var precision = Precision.float32
  /// Names of the classes, in order; empty for none.
  public var labels: [String] = []
  /// How pictures become input; the size is filled in from the network.
  public var preprocessing: Preprocessing?

  /// How weights are stored.
  public enum Precision: String, Sendable, CaseIterable {
    /// As single precision.
    case float32 = "fp32"
    /// As half precision, with a `Cast` behind each: computation stays in single precision.
    case float16 = "fp16"
  }

  /// The defaults above.
  public init() {}

  /// The operator-set versions that can be written.
  public static let opsets = 11...(OperatorSchema.newestVersions[""] ?? 17)
}

/// A checkpoint's network as a model, and what was found out on the way.
public struct ExportedModel: Sendable {
  /// What is to be written.
  public let model: Model
  /// The network that was recognised.
  public let architecture: any Architecture

  /// What whoever uses the file should know, a sentence each. Weights are looked at while they are written, which costs
  /// less than to read them once more.
  public func warnings(of written: WrittenModel) -> [String] {
    guard let first = written.notFinite.first else { return [] }
    let count = written.notFinite.count
    return [
      "NaN or infinity is in \(count) of \(model.graph.initializers.count) tensors"
        + (count == 1 ? ": '\(first)'" : ", the first of them '\(first)'")
    ]
  }
}

/// Checkpoint → graph.
public enum Exporter {
  /// Who writes the files.
  public static let producer = (name: "cbam-export", version: packageVersion)

  /// Lowers the network that `weights` are.
  ///
  /// - Throws: `ExportError` saying which tensors don't fit, or what the network can't do.
  public static func export(_ weights: Weights, options: ExportOptions) throws -> ExportedModel {
    guard ExportOptions.opsets.contains(options.opset) else {
      throw ExportError.option(
        "operator set \(options.opset) can't be written; \(ExportOptions.opsets.lowerBound) to "
          + "\(ExportOptions.opsets.upperBound) can")
    }
    let network = try Architectures.recognize(weights, as: options.architecture)
    let family = type(of: network).name
    if !options.labels.isEmpty, options.labels.count != network.classes {
      throw ExportError.option("\(options.labels.count) labels are given for \(network.classes) classes")
    }
    if let preprocessing = options.preprocessing {
      try check(preprocessing, channels: network.inputChannels)
    }
    // ReLU and Sigmoid are attention's own.
    let foreign = weights.activations.filter {
      !["ReLU", "Sigmoid", type(of: network).activation].contains($0.key)
    }
    if let (activation, module) = foreign.min(by: { $0.key < $1.key }) {
      throw ExportError.layer(module, reason: "is a \(activation), which \(family) does not have")
    }
    var builder = GraphBuilder(name: family, opset: options.opset, weights: weights)
    let size = try network.inputSize(options.lowering)
    let shape: Shape = [
      options.lowering.batch.map(Dimension.fixed) ?? .named("batch"), .fixed(network.inputChannels),
      size.map { .fixed($0.height) } ?? .named("height"), size.map { .fixed($0.width) } ?? .named("width"),
    ]
    let input = builder.input("input", shape: shape, documentation: "pictures, preprocessed: [N, C, H, W]")
    let lowered = try network.lower(input, options: options.lowering, into: &builder)
    builder.output(lowered.logits, documentation: "class scores before softmax: [N, \(network.classes)]")
    if options.lowering.attentionOutputs {
      for block in lowered.attention {
        builder.output(block.channel, documentation: "channel attention of \(block.module): [N, C]")
        builder.output(block.spatial, documentation: "spatial attention of \(block.module): [N, 1, H, W]")
      }
    }
    let unused = Array(weights.entries.keys).filter { !builder.used.contains($0) && !network.isIgnorable($0) }
    if !unused.isEmpty { throw ExportError.unusedTensors(unused, family: family) }

    var graph = builder.graph
    graph.documentation = network.facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
    if !options.keepsBatchNorm { try graph.foldBatchNormalization() }
    if options.precision == .float16 { try graph.storeWeightsInHalfPrecision() }
    var model = Model(
      graph: graph, opsetImports: ["": options.opset], irVersion: irVersion(opset: options.opset),
      producerName: producer.name, producerVersion: producer.version,
      documentation: "\(type(of: network).summary), exported from a PyTorch checkpoint.")
    model.metadata["architecture"] = family
    if !options.labels.isEmpty { ClassLabels(names: options.labels).write(to: &model.metadata) }
    if var preprocessing = options.preprocessing {
      preprocessing.size = preprocessing.size ?? size
      preprocessing.write(to: &model.metadata)
    } else if let size {
      model.metadata[Preprocessing.Key.size.rawValue] = size.description
    }
    try model.inferValueTypes()
    return ExportedModel(model: model, architecture: network)
  }

  /// Refuses a preprocessing that no picture could go through: what runs the model would find out too late.
  private static func check(_ preprocessing: Preprocessing, channels: Int) throws {
    let own = preprocessing.color.channels
    guard own == channels else {
      throw ExportError.option(
        "pictures are prepared as \(preprocessing.color.rawValue), which has \(own) channel(s), and the network "
          + "takes \(channels)")
    }
    guard preprocessing.mean.count == channels, preprocessing.std.count == channels else {
      throw ExportError.option("mean and std need \(channels) number(s), one for each channel of the input")
    }
    guard preprocessing.std.allSatisfy({ $0 > 0 }) else {
      throw ExportError.option("values can't be divided by a std of zero or less")
    }
  }

  /// The oldest file format that may hold an operator set (ONNX "Versioning", released versions), so that old
  /// runtimes still read the file.
  static func irVersion(opset: Int) -> Int {
    switch opset {
    case ...11: 6
    case 12...14: 7
    case 15...18: 8
    case 19...20: 9
    case 21...22: 10
    case 23: 11
    case 24: 12
    case 25...27: 13
    default: 14
    }
  }
}
