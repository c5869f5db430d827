import Graph
import OrderedCollections

extension BoundRule {
  static let dense = [
    BoundRule("MatMul") { call in
      let left = try call.tensor(0)
      try call.multilinear(terms: left.shape.last ?? 1)
    },
    BoundRule("Gemm") { call in
      let left = try call.tensor(0)
      guard left.rank == 2 else { throw InterpreterError.node(call.node.label, reason: "needs matrices") }
      let inner = left.shape[call.node.int("transA") ?? 0 == 0 ? 1 : 0]
      var magnitude = call.node
      for name in ["alpha", "beta"] {
        if let factor = call.node.float(name) { magnitude.attributes[name] = .float(factor.magnitude) }
      }
      // The products with alpha and beta round as well.
      try call.multilinear(terms: inner + 2, magnitude: magnitude)
    },
  ]
}
