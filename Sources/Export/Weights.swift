import Checkpoint
import Graph
import OrderedCollections

/// A checkpoint's tensors by name, with a record of which of them the network used.
///
/// What nobody used tells a network that was mistaken for another: an export that ignores tensors is wrong.
public struct Weights: Sendable {
  /// One tensor: its shape, without its data.
  public struct Entry: Sendable {
    /// The extents.
    public let shape: [Int]
    /// What an element is.
    public let elementType: ElementType
    let load: @Sendable () throws -> Tensor

    /// A tensor whose data `load` gives when it is needed.
    public init(shape: [Int], elementType: ElementType, load: @escaping @Sendable () throws -> Tensor) {
      self.shape = shape
      self.elementType = elementType
      self.load = load
    }
  }

  /// The tensors, in the checkpoint's order.
  public let entries: OrderedDictionary<String, Entry>

  /// What is known of layers beside their tensors, by module.
  public var layers: [String: LayerFacts] = [:]

  /// The activations of a network that was saved whole, by class, such as `ReLU`, with one module of each.
  var activations: [String: String] = [:]

  /// Weights of these entries.
  public init(_ entries: OrderedDictionary<String, Entry>) { self.entries = entries }

  /// Weights that are in memory.
  public init(tensors: OrderedDictionary<String, Tensor>) {
    entries = tensors.mapValues { tensor in
      Entry(shape: tensor.shape, elementType: tensor.elementType, load: { tensor })
    }
  }

  /// The shape of the tensor `name`, or `nil` where there is none.
  public func shape(_ name: String) -> [Int]? { entries[name]?.shape }

  /// The shape of the tensor `name`.
  ///
  /// - Throws: `ExportError` where there is none, or it does not have `rank` dimensions, all above zero.
  func shape(_ name: String, rank: Int, family: String) throws(ExportError) -> [Int] {
    guard let shape = shape(name) else { throw .missingTensor(name: name, family: family) }
    guard shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
      throw .shape(name, shape, reason: "needs \(rank) dimensions, none of them 0")
    }
    return shape
  }

  /// Checks that the tensor `name` is a vector with one element for each of the first dimension of `of`.
  ///
  /// - Throws: `ExportError` where it is missing or of another shape.
  func checkVector(_ name: String, of owner: String, family: String) throws(ExportError) {
    let shape = try shape(name, rank: 1, family: family)
    guard let ownerShape = self.shape(owner), let count = ownerShape.first else {
      throw .missingTensor(name: owner, family: family)
    }
    guard shape[0] == count else {
      throw .shapeConflict(owner, ownerShape, name, shape, reason: "\(count) channels need as many elements")
    }
  }

  /// Adds to what is known of layers; `facts` win.
  ///
  /// - Throws: `ExportError.layer` where one is not there, or is not of a kind that has such settings.
  public mutating func describe(_ facts: [String: LayerFacts]) throws(ExportError) {
    for (module, facts) in facts.sorted(by: { $0.key < $1.key }) {
      guard let weight = shape(module + ".weight") else {
        throw .layer(module, reason: "is described, and the checkpoint has no '\(module).weight'")
      }
      let isNormalization = shape(module + ".running_mean") != nil
      if facts.isConvolution, weight.count != 4 { throw .layer(module, reason: "is no convolution") }
      if facts.epsilon != nil, !isNormalization { throw .layer(module, reason: "is no BatchNorm") }
      layers[module, default: LayerFacts()].merge(facts)
    }
  }

  /// Names grouped by module, for people: `conv1: weight [32, 3, 3, 3], bias [32]`.
  public var modules: [String] {
    var groups: OrderedDictionary<String, [String]> = [:]
    for (name, entry) in entries {
      let parts = name.split(separator: ".")
      let leaf = parts.last.map(String.init) ?? name
      groups[parts.dropLast().joined(separator: "."), default: []].append("\(leaf) \(entry.shape)")
    }
    return groups.map { module, items in
      (module.isEmpty ? "(top level)" : module) + ": " + items.joined(separator: ", ")
    }
  }
}
