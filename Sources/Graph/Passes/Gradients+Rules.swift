import OrderedCollections

/// Derivatives by operator.
extension Tape {
  /// Passes the derivative `slope` of a node's first output on to those of its inputs that `matters` says do.
  typealias Rule =
    @Sendable (
      _ tape: inout Tape, _ node: Node, _ slope: String, _ matters: (String) -> Bool
    ) throws -> Void

  static let rules: [String: Rule] = [
    "Identity": { tape, node, slope, _ in tape.pass(slope, to: node.inputs[0]) },
    "Add": { tape, node, slope, matters in
      for name in node.inputs where matters(name) { tape.pass(tape.unbroadcast(slope, like: name), to: name) }
    },
    "Sum": { tape, node, slope, matters in
      for name in node.inputs where matters(name) { tape.pass(tape.unbroadcast(slope, like: name), to: name) }
    },
    "Sub": { tape, node, slope, matters in
      let (left, right) = (node.inputs[0], node.inputs[1])
      if matters(left) { tape.pass(tape.unbroadcast(slope, like: left), to: left) }
      if matters(right) { tape.pass(tape.unbroadcast(tape.add("Neg", [slope]), like: right), to: right) }
    },
    "Mul": { tape, node, slope, matters in
      let (left, right) = (node.inputs[0], node.inputs[1])
      if matters(left) { tape.pass(tape.unbroadcast(tape.add("Mul", [slope, right]), like: left), to: left) }
      if matters(right) {
        tape.pass(tape.unbroadcast(tape.add("Mul", [slope, left]), like: right), to: right)
      }
    },
    "Div": { tape, node, slope, matters in
      let (left, right) = (node.inputs[0], node.inputs[1])
      let share = tape.add("Div", [slope, right])
      if matters(left) { tape.pass(tape.unbroadcast(share, like: left), to: left) }
      if matters(right) {
        let product = tape.add("Neg", [tape.add("Mul", [share, node.outputs[0]])])
        tape.pass(tape.unbroadcast(product, like: right), to: right)
      }
    },
    "Pow": { tape, node, slope, matters in
      let (base, exponent) = (node.inputs[0], node.inputs[1])
      if matters(base) {
        let less = tape.add("Sub", [exponent, tape.constant(1, like: exponent)])
        let power = tape.add(
          "Mul", [tape.add("Pow", [base, less]), tape.add("CastLike", [exponent, base])])
        tape.pass(tape.unbroadcast(tape.add("Mul", [slope, power]), like: base), to: base)
      }
      if matters(exponent) {
        let growth = tape.add("Mul", [tape.add("Log", [base]), node.outputs[0]])
        tape.pass(tape.unbroadcast(tape.add("Mul", [slope, growth]), like: exponent), to: exponent)
      }
    },
    "Neg": { tape, node, slope, _ in tape.pass(tape.add("Neg", [slope]), to: node.inputs[0]) },
    "Abs": scaled { tape, node in tape.add("Sign", [node.inputs[0]]) },
    "Exp": scaled { _, node in node.outputs[0] },
    "Log": scaled { tape, node in tape.add("Reciprocal", [node.inputs[0]]) },
    "Sin": scaled { tape, node in tape.add("Cos", [node.inputs[0]]) },
    "Cos": scaled { tape, node in tape.add("Neg", [tape.add("Sin", [node.inputs[0]])]) },
    "Sqrt": scaled { tape, node in
      let output = node.outputs[0]
      return tape.add("Div", [tape.constant(0.5, like: output), output])
    },
    "Reciprocal": scaled { tape, node in
      tape.add("Neg", [tape.add("Mul", [node.outputs[0], node.outputs[0]])])
    },
    "Sigmoid": scaled { tape, node in
      let output = node.outputs[0]
      return tape.add("Mul", [output, tape.add("Sub", [tape.constant(1, like: output), output])])
    },
    "Tanh": scaled { tape, node in
      let output = node.outputs[0]
      return tape.add("Sub", [tape.constant(1, like: output), tape.add("Mul", [output, output])])
    },
    "Relu": scaled { tape, node in
      let input = node.inputs[0]
      return tape.add("CastLike", [tape.add("Greater", [input, tape.constant(0, like: input)]), input])
    },
    "MatMul": { tape, node, slope, matters in
      // The ellipsis holds what batches broadcast.
      let (left, right) = (node.inputs[0], node.inputs[1])
      if matters(left) {
        let product = tape.add("Einsum", [slope, right], ["equation": .string("...ik,...jk->...ij")])
        tape.pass(tape.unbroadcast(product, like: left), to: left)
      }
      if matters(right) {
        let product = tape.add("Einsum", [left, slope], ["equation": .string("...ki,...kj->...ij")])
        tape.pass(tape.unbroadcast(product, like: right), to: right)
      }
    },
    "Gemm": { tape, node, slope, matters in
      let (left, right) = (node.inputs[0], node.inputs[1])
      let (turnsLeft, turnsRight) = (node.int("transA") == 1, node.int("transB") == 1)
      func product(_ a: String, _ turnsA: Bool, _ b: String, _ turnsB: Bool, _ tape: inout Tape) -> String {
        tape.add(
          "Gemm", [a, b],
          [
            "alpha": .float(node.float("alpha") ?? 1), "transA": .int(turnsA ? 1 : 0),
            "transB": .int(turnsB ? 1 : 0),
          ])
      }
      if matters(left) {
        tape.pass(
          turnsLeft
            ? product(right, turnsRight, slope, true, &tape)
            : product(slope, false, right, !turnsRight, &tape),
          to: left)
      }
      if matters(right) {
        tape.pass(
          turnsRight
            ? product(slope, true, left, turnsLeft, &tape) : product(left, !turnsLeft, slope, false, &tape),
          to: right)
      }
      if let bias = node.input(2), matters(bias) {
        let scaled = tape.add("Mul", [slope, tape.constant(node.float("beta") ?? 1, like: slope)])
        tape.pass(tape.unbroadcast(scaled, like: bias), to: bias)
      }
    },
    "ReduceSum": { tape, node, slope, _ in tape.pass(tape.spread(slope, node), to: node.inputs[0]) },
    "ReduceMean": { tape, node, slope, _ in
      let input = node.inputs[0]
      func size(_ name: String, _ tape: inout Tape) -> String {
        tape.add("CastLike", [tape.add("Size", [name]), slope])
      }
      let share = tape.add("Div", [size(node.outputs[0], &tape), size(input, &tape)])
      tape.pass(tape.add("Mul", [tape.spread(slope, node), share]), to: input)
    },
    "Softmax": { tape, node, slope, _ in
      let output = node.outputs[0]
      let weighted = tape.add("Mul", [slope, output])
      let axis = tape.add("Constant", [], ["value_ints": .ints([Int64(node.int("axis") ?? -1)])])
      let sum = tape.add("ReduceSum", [weighted, axis], ["keepdims": .int(1)])
      tape.pass(tape.add("Sub", [weighted, tape.add("Mul", [output, sum])]), to: node.inputs[0])
    },
    "Transpose": { tape, node, slope, _ in
      guard let order = node.ints("perm") else {
        return tape.pass(tape.add("Transpose", [slope]), to: node.inputs[0])
      }
      let back = order.indices.map { position in Int64(order.firstIndex(of: position) ?? position) }
      tape.pass(tape.add("Transpose", [slope], ["perm": .ints(back)]), to: node.inputs[0])
    },
    "Cast": { tape, node, slope, _ in
      tape.pass(tape.add("CastLike", [slope, node.inputs[0]]), to: node.inputs[0])
    },
    "CastLike": { tape, node, slope, matters in
      guard matters(node.inputs[0]) else { return }
      tape.pass(tape.add("CastLike", [slope, node.inputs[0]]), to: node.inputs[0])
    },
    "Expand": { tape, node, slope, _ in
      tape.pass(tape.unbroadcast(slope, like: node.inputs[0]), to: node.inputs[0])
    },
    "Reshape": reshaped, "Flatten": reshaped, "Squeeze": reshaped, "Unsqueeze": reshaped,
  ]

  /// Operators that work element by element: the derivative is the outer one times their own.
  private static func scaled(_ own: @escaping @Sendable (inout Tape, Node) -> String) -> Rule {
    { tape, node, slope, _ in tape.pass(tape.add("Mul", [slope, own(&tape, node)]), to: node.inputs[0]) }
  }

  /// Operators that only change the shape.
  private static let reshaped: Rule = { tape, node, slope, _ in
    let input = node.inputs[0]
    let shape = tape.add("Shape", [input])
    tape.pass(tape.add("Reshape", [slope, shape], ["allowzero": .int(1)]), to: input)
  }

  /// The derivative of a reduction's output, repeated over what was reduced.
  private mutating func spread(_ slope: String, _ node: Node) -> String {
    let shape = add("Shape", [node.inputs[0]])
    // Without axes all are reduced, and any shape of one element spreads, unless none are.
    guard let axes = node.input(1), node.int("keepdims") == 0 else { return add("Expand", [slope, shape]) }
    return add("Expand", [add("Unsqueeze", [slope, axes]), shape])
  }
}
