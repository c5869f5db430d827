import Graph
import OrderedCollections

/// A graph on its way to a plan: every extent known, constants apart from nodes.
///
/// Passes rewrite it. Operators that only plans have stand in the domain `plan`: `plan.Conv`, `plan.Dense` and
/// `plan.CBAM` are what they are called after, with what followed them fused in.
struct PlanGraph {
  /// Nodes, each after those whose outputs it reads.
  var nodes: [Node]
  /// Types with real extents.
  var types: [String: ValueType]
  /// Values that don't depend on inputs.
  var constants: [String: Tensor]
  /// Float32 weights that are kept as the float16 or bfloat16 tensors that they were cast from, until they are packed.
  var halves: [String: Tensor] = [:]
  /// Names of what the caller gives and gets.
  let inputs: [String]
  var outputs: [String]
  /// What 8-bit values that the plan computes on stand for (`Pass.fuseQuantized`).
  var levels: [String: Levels] = [:]

  static let domain = "plan"

  /// The extents of a float32 tensor, or `nil` for other values.
  func floatShape(_ name: String?) -> [Int]? {
    guard let name, case .tensor(.float32, let shape?)? = types[name] else { return nil }
    return shape.fixedExtents
  }

  /// Whether an input is a constant.
  func isConstant(_ name: String) -> Bool { constants[name] != nil || halves[name] != nil }

  /// The constant that an input is, if it is one.
  func constant(_ name: String?) -> Tensor? {
    guard let name else { return nil }
    return constants[name] ?? halves[name].flatMap { try? $0.cast(to: .float32) }
  }

  /// The float32 constant that an input is, if it is one, as it is stored: maybe in half precision.
  func weights(_ name: String?) -> Tensor? {
    guard let name else { return nil }
    if let half = halves[name] { return half }
    return constants[name].flatMap { $0.elementType == .float32 ? $0 : nil }
  }

  /// Whether two inputs are the same value, or float32 constants stored as the same bits; or neither is there.
  func areEqual(_ one: String?, _ other: String?) -> Bool {
    if one == other { return true }
    guard let left = weights(one), let right = weights(other) else { return false }
    defer {
      if left.byteCount >= 1 << 16 {
        left.giveUpMemory()
        right.giveUpMemory()
      }
    }
    return left == right
  }

  /// The elements of a float32 constant.
  func floats(_ name: String?) -> [Float]? {
    guard let tensor = constant(name), tensor.elementType == .float32 else { return nil }
    return try? tensor.elements(of: Float.self)
  }

  /// The one element of a float32 constant.
  func scalar(_ name: String?) -> Float? {
    guard let tensor = constant(name), tensor.count == 1 else { return nil }
    return floats(name)?.first
  }

  /// Who writes and who reads each value; computed once per pass, not kept.
  var links: Links { Links(self) }

  /// Writers and readers by value name, as positions in `nodes`.
  struct Links {
    private(set) var writer: [String: Int] = [:]
    private(set) var readers: [String: [Int]] = [:]
    /// Values that somebody outside sees.
    private(set) var borders: Set<String>

    init(_ graph: PlanGraph) {
      borders = Set(graph.outputs)
      writer.reserveCapacity(graph.nodes.count)
      readers.reserveCapacity(2 * graph.nodes.count)
      for (index, node) in graph.nodes.enumerated() {
        for name in node.outputs where !name.isEmpty { writer[name] = index }
        for (position, name) in node.inputs.enumerated()
        where !name.isEmpty && !node.inputs[..<position].contains(name) {
          readers[name, default: []].append(index)
        }
        for attribute in node.attributes.values {
          for subgraph in attribute.subgraphs {
            for name in subgraph.outerReads { readers[name, default: []].append(index) }
          }
        }
      }
    }

    /// Notes that what the node at `old` read is read by the one at `new`.
    mutating func moveReader(of names: [String], from old: Int, to new: Int) {
      for name in names {
        guard var all = readers[name] else { continue }
        all.removeAll { $0 == old || $0 == new }
        readers[name] = all + [new]
      }
    }

    /// The only node that reads `name`, where nobody outside sees it.
    func onlyReader(_ name: String) -> Int? {
      guard !borders.contains(name), let all = readers[name], all.count == 1 else { return nil }
      return all[0]
    }
  }

  /// The node that writes `name`.
  func writer(of name: String?, _ links: Links) -> Node? {
    name.flatMap { links.writer[$0] }.map { nodes[$0] }
  }

  /// Drops nodes whose outputs nobody reads.
  mutating func removeDeadNodes() {
    var needed = Set<String>(minimumCapacity: outputs.count + 2 * nodes.count)
    needed.formUnion(outputs)
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: { !$0.isEmpty && needed.contains($0) }) {
      kept.append(node)
      needed.formUnion(node.inputs)
      for attribute in node.attributes.values {
        for subgraph in attribute.subgraphs { needed.formUnion(subgraph.outerReads) }
      }
    }
    nodes = kept.reversed()
  }

  /// Makes every reader of a key read its value.
  mutating func redirect(_ sources: [String: String]) {
    if sources.isEmpty { return }
    for index in nodes.indices {
      for position in nodes[index].inputs.indices {
        if let source = sources[nodes[index].inputs[position]] { nodes[index].inputs[position] = source }
      }
    }
  }

  /// Names that nodes inside of others read, which renaming would miss.
  var namesReadBySubgraphs: Set<String> {
    var names: Set<String> = []
    for node in nodes {
      for attribute in node.attributes.values {
        for subgraph in attribute.subgraphs { names.formUnion(subgraph.outerReads) }
      }
    }
    return names
  }
}

extension Node {
  /// Whether this is the standard's operator of this name.
  func `is`(_ name: String) -> Bool { operatorType == name && domain.isEmpty }
  /// Whether this is the plan's operator of this name.
  func isPlan(_ name: String) -> Bool { operatorType == name && domain == PlanGraph.domain }

  /// Names of the nodes that this one stands for, for reports.
  var origins: [String] {
    get { strings("origins") ?? [name.isEmpty ? outputs.first ?? "" : name] }
    set { attributes["origins"] = .strings(newValue) }
  }
}
