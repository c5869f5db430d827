import Graph

extension ReferenceFamily {
  /// Sums of products named by an equation.
  static let einsum = ReferenceFamily(
    "Einsum",
    [
      ReferenceOperator("Einsum") { call in
        let operands = try call.inputs.indices.map { try call.tensor($0) }
        guard let first = operands.first else { throw call.failure("needs at least one input") }
        for operand in operands { try call.requireSameType(first, operand) }
        let equation = try EinsumEquation(node: call.node, ranks: operands.map(\.rank))
        let type = first.elementType
        if type.isFloatingPoint {
          let (values, shape) = try call.contract(operands, equation, { try $0.doubles() }, 0.0, 1.0) {
            $0 + $1 * $2
          }
          call.set(0, try Tensor(doubles: values, as: type, shape: shape))
        } else {
          let (values, shape) = try call.contract(operands, equation, { try $0.integers() }, 0, 1) {
            $0 &+ $1 &* $2
          }
          call.set(0, try Tensor(integers: values, as: type, shape: shape))
        }
      }
    ])
}

/// A factor of a contraction: values and what each axis is called.
private struct Factor<Value> {
  var values: [Value]
  var labels: [Int]
  var shape: [Int]

  /// Elements between neighbours along `label`, over all axes called so; 0 where the axis is broadcast.
  func stride(of label: Int) -> Int {
    let strides = Strides.rowMajor(shape)
    return labels.indices.reduce(0) {
      $0 + (labels[$1] == label && shape[$1] != 1 ? strides[$1] : 0)
    }
  }
}

extension ReferenceCall {
  /// The contraction of `operands`, two at a time from the left; labels that nothing needs any more are summed
  /// over as soon as possible.
  fileprivate func contract<Value>(
    _ operands: [Tensor], _ equation: EinsumEquation, _ read: (Tensor) throws -> [Value], _ zero: Value,
    _ one: Value, _ add: (Value, Value, Value) -> Value
  ) throws -> (values: [Value], shape: [Int]) {
    var extents: [Int: Int] = [:]
    var factors: [Factor<Value>] = []
    for (operand, labels) in zip(operands, equation.inputs) {
      for (label, extent) in zip(labels, operand.shape) {
        let known = extents[label] ?? 1
        guard known == extent || known == 1 || extent == 1 else {
          throw failure("extents \(known) and \(extent) meet under one label")
        }
        extents[label] = known == 1 ? extent : known
      }
      factors.append(Factor(values: try read(operand), labels: labels, shape: operand.shape))
    }
    func extent(_ label: Int) -> Int { extents[label] ?? 1 }
    var left = Factor(values: [one], labels: [], shape: [])
    for (index, right) in factors.enumerated() {
      let needed = Set(equation.output).union(factors[(index + 1)...].flatMap(\.labels))
      var all: [Int] = []
      for label in left.labels + right.labels where !all.contains(label) { all.append(label) }
      let kept = index == factors.count - 1 ? equation.output : all.filter { needed.contains($0) }
      let summed = all.filter { !kept.contains($0) }
      func offsets(_ factor: Factor<Value>, _ labels: [Int]) -> [Int] {
        Strides.offsets(shape: labels.map(extent), strides: labels.map { factor.stride(of: $0) })
      }
      _ = try checkedCount(of: kept.map(extent))
      let (leftBases, rightBases) = (offsets(left, kept), offsets(right, kept))
      let (leftSteps, rightSteps) = (offsets(left, summed), offsets(right, summed))
      let values = leftBases.indices.map { position in
        var total = zero
        for step in leftSteps.indices {
          total = add(
            total, left.values[leftBases[position] + leftSteps[step]],
            right.values[rightBases[position] + rightSteps[step]])
        }
        return total
      }
      left = Factor(values: values, labels: kept, shape: kept.map(extent))
    }
    return (left.values, left.shape)
  }
}
