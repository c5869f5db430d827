import Graph
import OrderedCollections

/// Who writes what in a graph: what it takes to compute some of its values from others.
struct DataFlow: Sendable {
  let graph: Graph
  private let writers: [String: Int]

  init(_ graph: Graph) {
    self.graph = graph
    var writers: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for name in node.outputs where !name.isEmpty { writers[name] = index }
    }
    self.writers = writers
  }

  /// The position of the node that writes `name`.
  func writer(of name: String) -> Int? { writers[name] }

  /// Names of the values that the node at a position reads, its subgraphs' included.
  func reads(_ position: Int) -> [String] {
    let node = graph.nodes[position]
    let inner = node.attributes.values.flatMap { $0.subgraphs.flatMap { $0.outerReads.sorted() } }
    return node.inputs.filter { !$0.isEmpty } + inner
  }

  /// Positions, ascending, of the nodes between `known` values and `targets`, which are taken as not known.
  func nodes(computing targets: [String], from known: (String) -> Bool) -> [Int] {
    var found: Set<Int> = []
    var pending = targets.compactMap { writers[$0] }
    while let position = pending.popLast() {
      guard found.insert(position).inserted else { continue }
      for name in reads(position) where !known(name) {
        if let writer = writers[name] { pending.append(writer) }
      }
    }
    return found.sorted()
  }

  /// Whether `name` is there before anything runs.
  func isGiven(_ name: String) -> Bool {
    graph.initializers[name] != nil || graph.sparseInitializers[name] != nil
  }
}
