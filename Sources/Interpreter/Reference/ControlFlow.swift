import Graph

extension ReferenceFamily {
  /// Operators that run graphs of their own.
  static let controlFlow = ReferenceFamily(
    "ControlFlow",
    [
      ReferenceOperator("If") { call in
        guard let condition = try call.tensor(0).integers().first else {
          throw call.failure("the condition is empty")
        }
        let name = condition != 0 ? "then_branch" : "else_branch"
        guard let branch = call.node.graph(name) else { throw call.failure("\(name) is missing") }
        for (index, value) in try call.runSubgraph(branch, []).enumerated() {
          if let value { call.set(index, value) }
        }
      },
      ReferenceOperator("Loop") { call in try loop(&call) },
      ReferenceOperator("Scan") { call in try scan(&call) },
    ])

  /// ONNX Loop-25: the body takes (turn, condition, carried…) and gives (condition, carried…, scanned…).
  private static func loop(_ call: inout ReferenceCall) throws {
    guard let body = call.node.graph("body") else { throw call.failure("body is missing") }
    let most = try call.optionalTensor(0)?.integers().first ?? .max
    var goesOn = try call.optionalTensor(1).map { try $0.integers().first != 0 } ?? true
    var carried = Array(call.inputs.dropFirst(2))
    let scannedCount = body.outputs.count - 1 - carried.count
    guard scannedCount >= 0 else {
      throw call.failure("the body gives \(body.outputs.count) values for \(carried.count) carried ones")
    }
    var scanned = Array(repeating: [Tensor](), count: scannedCount)
    var turn: Int64 = 0
    while goesOn, turn < most {
      let inputs: [RuntimeValue?] = [
        .tensor(try Tensor([turn], shape: [])), .tensor(try Tensor([goesOn], shape: [])),
      ]
      let outputs = try call.runSubgraph(body, inputs + carried)
      goesOn = try outputs.first??.tensor?.integers().first != 0
      carried = Array(outputs[1..<(1 + carried.count)])
      for (index, value) in outputs[(1 + carried.count)...].enumerated() {
        guard let tensor = value?.tensor else { throw call.failure("scan output \(index) is no tensor") }
        scanned[index].append(tensor)
      }
      turn += 1
    }
    for (index, value) in carried.enumerated() { if let value { call.set(index, value) } }
    for (index, parts) in scanned.enumerated() where call.node.output(carried.count + index) != nil {
      let declared = body.outputs[1 + carried.count + index].type
      call.set(carried.count + index, try stacked(parts, axis: 0, declared: declared, call))
    }
  }

  /// ONNX Scan-25: the body takes (states…, one slice of each scanned input…) and gives (states…, slices…).
  private static func scan(_ call: inout ReferenceCall) throws {
    guard let body = call.node.graph("body"), let count = call.node.int("num_scan_inputs"), count > 0,
      count <= call.inputs.count
    else { throw call.failure("needs a body and num_scan_inputs") }
    let stateCount = call.inputs.count - count
    let inputs = try (stateCount..<call.inputs.count).map { try call.tensor($0) }
    func setting(_ name: String, _ expected: Int) throws -> [Int] {
      let values = call.node.ints(name) ?? Array(repeating: 0, count: expected)
      guard values.count == expected else {
        throw call.failure("\(name) has \(values.count) entries, needs \(expected)")
      }
      return values
    }
    let outputCount = body.outputs.count - stateCount
    guard outputCount >= 0 else { throw call.failure("the body gives too few values") }
    let axes = try zip(setting("scan_input_axes", count), inputs).map {
      try call.normalizedAxis($0, rank: $1.rank)
    }
    let directions = try setting("scan_input_directions", count)
    let outputAxes = try setting("scan_output_axes", outputCount)
    let outputDirections = try setting("scan_output_directions", outputCount)
    let length = inputs[0].shape[axes[0]]
    guard zip(inputs, axes).allSatisfy({ $0.shape[$1] == length }) else {
      throw call.failure("scanned inputs differ in length")
    }
    var states = Array(call.inputs[..<stateCount])
    var slices = Array(repeating: [Tensor](), count: outputCount)
    for step in 0..<length {
      let given: [RuntimeValue?] = try zip(zip(inputs, axes), directions).map { item, direction in
        .tensor(try item.0.slice(direction == 1 ? length - 1 - step : step, axis: item.1))
      }
      let outputs = try call.runSubgraph(body, states + given)
      states = Array(outputs[..<stateCount])
      for (index, value) in outputs[stateCount...].enumerated() {
        guard let tensor = value?.tensor else { throw call.failure("scan output \(index) is no tensor") }
        slices[index].append(tensor)
      }
    }
    for (index, value) in states.enumerated() { if let value { call.set(index, value) } }
    for (index, parts) in slices.enumerated() where call.node.output(stateCount + index) != nil {
      let ordered = outputDirections[index] == 1 ? parts.reversed() : parts
      let declared = body.outputs[stateCount + index].type
      call.set(stateCount + index, try stacked(ordered, axis: outputAxes[index], declared: declared, call))
    }
  }

  /// The tensors along a new axis; without any, an empty tensor of the declared type.
  private static func stacked(
    _ parts: [Tensor], axis: Int, declared: ValueType?, _ call: ReferenceCall
  ) throws -> Tensor {
    guard let first = parts.first else {
      let rest = declared?.shape?.dimensions.map { $0.fixedValue ?? 0 } ?? []
      return try Tensor(zeros: declared?.elementType ?? .float32, shape: [0] + rest)
    }
    let position = try call.normalizedAxis(axis, rank: first.rank + 1)
    return try Tensor.stacked(parts, axis: position, reporting: call.failure)
  }
}

extension Tensor {
  /// The tensor at `index` along `axis`, without that axis.
  func slice(_ index: Int, axis: Int) throws -> Tensor {
    let strides = Strides.rowMajor(shape)
    let kept = shape.indices.filter { $0 != axis }
    let offsets = Strides.offsets(
      shape: kept.map { shape[$0] }, strides: kept.map { strides[$0] }, start: index * strides[axis])
    return try gathering(offsets, shape: kept.map { shape[$0] })
  }

  /// The tensors, all of one shape, along a new axis.
  static func stacked(_ parts: [Tensor], axis: Int, reporting failure: (String) -> InterpreterError) throws
    -> Tensor
  {
    try joined(
      parts.map { part in
        var shape = part.shape
        shape.insert(1, at: axis)
        return try part.reshaped(to: shape)
      }, axis: axis, reporting: failure)
  }
}
