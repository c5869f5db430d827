import Graph
import OrderedCollections

/// Where each weight of a model comes from, shown by recomputing it from a checkpoint's tensors.
public struct Provenance: Sendable {
  /// One initializer.
  public struct Weight: Sendable, Equatable {
    /// The initializer's name.
    public let name: String
    /// The initializer's extents.
    public let shape: [Int]
    /// How it is derived.
    public let origin: Origin
  }

  /// How an initializer is derived from a checkpoint.
  public enum Origin: Sendable, Equatable {
    /// Bit by bit a tensor of the checkpoint.
    case identical(String)
    /// A tensor of the checkpoint with its two axes exchanged, bit by bit.
    case transposed(String)
    /// A tensor of the checkpoint rounded to the stored type, bit by bit.
    case rounded(String)
    /// BatchNorm folded into a convolution: `W · s` or `(b − mean) · s + B` with `s = weight / √(running_var + ε)`,
    /// recomputed in `Double`. The largest error is in units in the last place of the stored type; one half is that
    /// of a single rounding.
    case folded(convolution: String, normalization: String, maxULP: Double)
    /// An integer constant, or a bound of a `Clip`: part of the graph, not of what was learned.
    case structure
    /// Nothing in the checkpoint gives it.
    case invented
  }

  /// BatchNorm's ε in one of the model's `BatchNormalization` nodes.
  public struct Epsilon: Sendable, Equatable {
    /// The node, as messages call it.
    public let node: String
    /// The checkpoint's module whose variance it reads, or `nil` where no tensor gives that.
    public let module: String?
    /// The node's, which is the standard's 1e-5 where it names none.
    public let found: Float
    /// The module's.
    public let expected: Float
    /// Whether they differ.
    public var isWrong: Bool { found != expected }
  }

  /// One entry for each initializer, in the model's order.
  public private(set) var weights: [Weight] = []
  /// Tensors of the checkpoint that no initializer is derived from.
  public private(set) var unused: [String] = []
  /// One entry for each `BatchNormalization` that was not folded, in the model's order.
  public private(set) var epsilons: [Epsilon] = []

  /// Folding may have been done in single precision: a product, a quotient, a root and two sums. In half precision that
  /// is next to nothing, and what was folded is rounded once.
  static func mostULP(_ type: ElementType) -> Double { type == .float16 ? 0.51 : 4 }

  /// Whether everything is derived, everything used, and every ε the checkpoint's.
  public var isComplete: Bool {
    unused.isEmpty && !weights.contains { $0.origin == .invented } && !epsilons.contains(where: \.isWrong)
  }

  private let tensors: OrderedDictionary<String, Tensor>
  private let epsilon: Float
  private let moduleEpsilons: [String: Float]
  private var used: Set<String> = []
  private var byBits: [UInt64: [String]] = [:]

  /// Finds out where the initializers of `graph` come from.
  ///
  /// - Parameters:
  ///   - tensors: the checkpoint's, by name.
  ///   - epsilon: BatchNorm's, which a state_dict does not hold.
  ///   - epsilons: that of single modules by name, which a network that was saved whole tells.
  /// - Throws: `TensorError` where a tensor can't be read.
  public init(
    of graph: Graph, from tensors: OrderedDictionary<String, Tensor>, epsilon: Float = 1e-5,
    epsilons: [String: Float] = [:]
  ) throws {
    self.tensors = tensors
    self.epsilon = epsilon
    moduleEpsilons = epsilons
    for (name, tensor) in tensors { byBits[Self.hash(tensor), default: []].append(name) }
    // Weights in half precision stand behind a Cast.
    var stored: [String: String] = [:]
    for node in graph.nodes where node.operatorType == "Cast" {
      if let input = node.input(0), let output = node.output(0) { stored[output] = input }
    }
    let bounds = graph.nodes.filter { $0.operatorType == "Clip" }.flatMap { $0.inputs.dropFirst() }
    let clipped = Set(bounds.map { stored[$0] ?? $0 })
    func initializer(_ name: String?) -> (name: String, tensor: Tensor)? {
      guard let name else { return nil }
      let own = stored[name] ?? name
      return graph.initializers[own].map { (own, $0) }
    }
    // Folded pairs are known by the convolution that reads both.
    var origins: [String: Origin] = [:]
    for node in graph.nodes where node.operatorType == "Conv" {
      guard let weights = initializer(node.input(1)), find(weights.tensor, weights.name) == nil
      else { continue }
      let bias = initializer(node.input(2))
      // Behind a Cast the name is the value's.
      let name = node.input(1) ?? weights.name
      guard let found = try folding(of: weights.tensor, named: name, bias: bias?.tensor) else { continue }
      origins[weights.name] = .folded(
        convolution: found.convolution, normalization: found.normalization, maxULP: found.weights)
      if let bias, let ulp = found.bias {
        origins[bias.name] = .folded(
          convolution: found.convolution, normalization: found.normalization, maxULP: ulp)
      }
    }
    for (name, tensor) in graph.initializers {
      let origin: Origin
      if let known = origins[name] {
        origin = known
      } else if !tensor.elementType.isFloatingPoint || (tensor.count <= 1 && clipped.contains(name)) {
        origin = .structure
      } else if let direct = find(tensor, name) {
        origin = direct
        switch direct {
        case .identical(let source), .transposed(let source), .rounded(let source): used.insert(source)
        default: break
        }
      } else {
        origin = .invented
      }
      weights.append(Weight(name: name, shape: tensor.shape, origin: origin))
    }
    // Training's counters say nothing about the network.
    unused = tensors.keys.filter { !used.contains($0) && !$0.hasSuffix("num_batches_tracked") }
    let origin = Dictionary(weights.map { ($0.name, $0.origin) }) { first, _ in first }
    for node in graph.nodes where node.operatorType == "BatchNormalization" && node.domain.isEmpty {
      var module: String?
      switch initializer(node.input(4)).flatMap({ origin[$0.name] }) {
      case .identical(let source), .rounded(let source):
        let suffix = ".running_var"
        module = source.hasSuffix(suffix) ? String(source.dropLast(suffix.count)) : nil
      default: break
      }
      self.epsilons.append(
        Epsilon(
          node: node.label, module: module, found: node.float("epsilon") ?? 1e-5,
          expected: module.map(self.epsilon(of:)) ?? epsilon))
    }
  }

  private func epsilon(of module: String) -> Float { moduleEpsilons[module] ?? epsilon }

  /// The tensor that `tensor` is, as it is, turned, or rounded.
  private func find(_ tensor: Tensor, _ name: String) -> Origin? {
    func best(_ names: [String]) -> String? {
      names.contains(name) ? name : names.first { !used.contains($0) } ?? names.first
    }
    let same = (byBits[Self.hash(tensor)] ?? []).filter { tensors[$0] == tensor }
    if let source = best(same) { return .identical(source) }
    if tensor.rank == 2, let turned = try? tensor.turned() {
      let same = (byBits[Self.hash(turned)] ?? []).filter { tensors[$0] == turned }
      if let source = best(same) { return .transposed(source) }
    }
    for (source, candidate) in tensors
    where candidate.shape == tensor.shape && candidate.elementType != tensor.elementType
      && candidate.elementType.isFloatingPoint
    {
      guard let numbers = try? candidate.doubles(),
        let rounded = try? Tensor(doubles: numbers, as: tensor.elementType, shape: tensor.shape),
        rounded == tensor
      else { continue }
      return .rounded(source)
    }
    return nil
  }

  private struct Folding {
    let convolution: String
    let normalization: String
    let weights: Double
    let bias: Double?
  }

  /// The convolution and the normalization that give `weights`, and `bias` where there is one.
  private mutating func folding(of weights: Tensor, named name: String, bias: Tensor?) throws -> Folding? {
    guard let filters = weights.shape.first, filters > 0, weights.elementType.isFloatingPoint else {
      return nil
    }
    let stored = try weights.doubles()
    let each = weights.count / filters
    let limit = Self.mostULP(weights.elementType)
    let modules = tensors.keys.filter { $0.hasSuffix(".running_var") && tensors[$0]?.shape == [filters] }
      .map { String($0.dropLast(".running_var".count)) }
    // The name tells, where it is ours; otherwise all of this shape are tried.
    let own = name.hasSuffix("_folded") ? String(name.dropLast("_folded".count)) : name
    let sources = tensors.keys.filter { tensors[$0]?.shape == weights.shape }.sorted { a, _ in a == own }
    for source in sources {
      guard let original = try tensors[source]?.doubles() else { continue }
      for module in modules {
        guard let scale = try tensors["\(module).weight"]?.doubles(),
          let shift = try tensors["\(module).bias"]?.doubles(),
          let mean = try tensors["\(module).running_mean"]?.doubles(),
          let variance = try tensors["\(module).running_var"]?.doubles(),
          [scale, shift, mean, variance].allSatisfy({ $0.count == filters })
        else { continue }
        let epsilon = Double(epsilon(of: module))
        let factors = zip(scale, variance).map { $0 / ($1 + epsilon).squareRoot() }
        var most = 0.0
        for index in stored.indices {
          most = max(
            most, Self.ulps(stored[index], original[index] * factors[index / each], weights.elementType))
          if most > limit { break }
        }
        guard most <= limit else { continue }
        let prefix = source.hasSuffix(".weight") ? String(source.dropLast("weight".count)) : source
        let before = try tensors["\(prefix)bias"]?.doubles()
        var biasULP: Double?
        if let bias, try bias.doubles().count == filters {
          var largest = 0.0
          for (index, value) in try bias.doubles().enumerated() {
            let moved = ((before?[index] ?? 0) - mean[index]) * factors[index]
            // The sum may cancel: what single precision does to its terms counts in their last places.
            let unit = max(moved.magnitude, shift[index].magnitude, value.magnitude)
            largest = max(largest, Self.ulps(value, moved + shift[index], weights.elementType, at: unit))
          }
          guard largest <= limit else { continue }
          biasULP = largest
        }
        used.insert(source)
        if before != nil { used.insert("\(prefix)bias") }
        for part in ["weight", "bias", "running_mean", "running_var"] { used.insert("\(module).\(part)") }
        return Folding(convolution: source, normalization: module, weights: most, bias: biasULP)
      }
    }
    return nil
  }

  /// The difference in units in the last place of `type` at `size`.
  private static func ulps(_ found: Double, _ exact: Double, _ type: ElementType, at size: Double? = nil)
    -> Double
  {
    let size = size ?? exact.magnitude
    let unit: Double
    switch type {
    case .float16: unit = Double(max(Float16(size).ulp, .leastNonzeroMagnitude))
    case .float64: unit = size.ulp
    default: unit = Double(max(Float(size).ulp, .leastNonzeroMagnitude))
    }
    return found == exact ? 0 : (found - exact).magnitude / unit
  }

  /// A number that equal tensors share (FNV-1a over shape and bytes).
  private static func hash(_ tensor: Tensor) -> UInt64 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for extent in tensor.shape { state = (state ^ UInt64(extent)) &* 0x100_0000_01B3 }
    tensor.withBytes { bytes in for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 } }
    return state
  }
}

extension Tensor {
  /// A matrix with its axes exchanged.
  fileprivate func turned() throws -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let indices = (0..<count).map { $0 % rows * columns + $0 / rows }
    return try gathering(indices, shape: [columns, rows])
  }
}
