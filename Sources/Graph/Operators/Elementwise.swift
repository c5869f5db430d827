import OrderedCollections

extension OperatorFamily {
  /// Arithmetic on two or more tensors with NumPy's broadcasting.
  static let elementwise = OperatorFamily(
    "Elementwise",
    [
      binary("Add") { $0 + $1 },
      binary("Sub") { $0 - $1 },
      binary("Mul") { $0 * $1 },
      binary("Div") { $0.quotient(by: $1) },
      binary("Pow") { _, _ in .unknown },
      binary("Mod") { $0.combined($1) { $1 > 0 && $0 >= 0 ? $0 % $1 : nil } },
      variadic("Sum") { $0.reduce(.fixed(0), +) },
      variadic("Mean") { _ in .unknown },
      variadic("Max") { extreme($0, max) },
      variadic("Min") { extreme($0, min) },
      Operator("Clip", upgrade: { try upgradeClip($0, &$1) }) { $0.copyType() },
    ])

  private static func binary(
    _ name: String, _ function: @escaping @Sendable (Dimension, Dimension) -> Dimension
  ) -> Operator {
    Operator(name, upgrade: { try $1.aligningSecondInput(of: $0) }) { context in
      try context.inferBroadcast(elementType: context.elementType(0))
      context.combineValues { $0.count == 2 ? function($0[0], $0[1]) : .unknown }
    }
  }

  private static func variadic(
    _ name: String, _ function: @escaping @Sendable ([Dimension]) -> Dimension
  ) -> Operator {
    Operator(name) { context in
      try context.inferBroadcast(elementType: context.elementType(0))
      context.combineValues(function)
    }
  }

  private static func extreme(_ values: [Dimension], _ function: (Int, Int) -> Int) -> Dimension {
    guard let first = values.first else { return .unknown }
    return values.dropFirst().reduce(first) { left, right in
      left == right ? left : left.combined(right, function)
    }
  }

  /// Bounds were attributes before version 11.
  private static func upgradeClip(_ node: Node, _ context: inout UpgradeContext) throws -> [Node] {
    guard context.sinceVersion < 11, let input = node.input(0) else { return [node] }
    var (node, casts) = (node, [Node]())
    for (index, name) in ["min", "max"].enumerated() {
      guard let number = node.float(name) else { continue }
      node.attributes[name] = nil
      let (bound, cast) = try context.constant(number, like: input, name)
      node.setInput(index + 1, bound)
      casts.append(cast)
    }
    return casts + [node]
  }
}

extension InferenceContext {
  /// Sets output 0 to the broadcast shape of all inputs.
  mutating func inferBroadcast(elementType: ElementType?) throws {
    setOutput(0, elementType, try broadcast(node.inputs.indices.map { shape($0) }))
  }
}
