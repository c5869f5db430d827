import Graph

/// What a family needs to know to be lowered, beside the weights.
public struct LoweringOptions: Sendable {
  /// Height and width of the input; `nil` lets the family choose (from fc1's columns, or its usual size).
  public var size: Preprocessing.Size?
  /// Whether height and width stay symbolic.
  public var dynamicSize = false
  /// The batch dimension; `nil` is dynamic.
  public var batch: Int?
  /// BatchNorm's epsilon, which a state_dict doesn't hold; PyTorch's default is 1e-5.
  public var batchNormEpsilon: Float = 1e-5
  /// Whether every block's attention becomes an output of the graph.
  public var attentionOutputs = false

  /// The defaults above.
  public init() {}
}

/// A family of networks, recognised from names and shapes alone.
public protocol Architecture: Sendable {
  /// What people call it; `--arch` takes it.
  static var name: String { get }
  /// What it is, in a few words.
  static var summary: String { get }

  /// The class of the activation between layers, such as `ReLU`.
  static var activation: String { get }

  /// The network that `weights` are, `nil` where their names are not this family's.
  ///
  /// - Throws: `ExportError` where the names match and shapes don't fit each other.
  static func recognize(_ weights: Weights) throws(ExportError) -> Self?

  /// What was inferred, as label and value, for people.
  var facts: [(label: String, value: String)] { get }

  /// The names of tensors that the network has but inference does not need.
  func isIgnorable(_ name: String) -> Bool

  /// The size of the input that the network was made for; `nil` where any will do.
  ///
  /// - Throws: `ExportError` where `options` ask for one that the weights don't allow.
  func inputSize(_ options: LoweringOptions) throws(ExportError) -> Preprocessing.Size?

  /// The number of input channels.
  var inputChannels: Int { get }
  /// The number of classes.
  var classes: Int { get }

  /// Appends the network behind the value `input`, `[N, C, H, W]`, and returns its logits, `[N, classes]`, and
  /// its attention blocks' values.
  func lower(
    _ input: String, options: LoweringOptions, into builder: inout GraphBuilder
  ) throws(ExportError) -> Lowered
}

/// What lowering leaves behind.
public struct Lowered: Sendable {
  /// The value that holds the logits, `[N, classes]`.
  public let logits: String
  /// For every block: its module and the values that hold channel attention `[N, C]` and spatial attention
  /// `[N, 1, H, W]`.
  public let attention: [(module: String, channel: String, spatial: String)]
}

extension Architecture {
  /// ReLU, as in most families.
  public static var activation: String { "ReLU" }

  /// Counters of training steps are all that a BatchNorm has beside what it computes with.
  public func isIgnorable(_ name: String) -> Bool { name.hasSuffix(".num_batches_tracked") }
}

/// The families that are known; the one list.
public enum Architectures {
  /// Every family, the most particular first.
  public static let all: [any Architecture.Type] = [CBAMCNN.self, ResNetCBAM.self, MobileNetV2CBAM.self]

  /// The network that `weights` are.
  ///
  /// - Parameter name: asks for one family; otherwise the first that matches.
  /// - Throws: `ExportError` where no family matches, or one matches but shapes don't fit each other.
  public static func recognize(_ weights: Weights, as name: String? = nil) throws(ExportError)
    -> any Architecture
  {
    for family in all where name == nil || name == family.name {
      if let found = try family.recognize(weights) { return found }
    }
    if let name, !all.contains(where: { $0.name == name }) {
      throw .option("no family is called '\(name)'; known are \(all.map { $0.name }.joined(separator: ", "))")
    }
    throw .unknownNetwork(modules: weights.modules, families: all.map { $0.name })
  }
}
