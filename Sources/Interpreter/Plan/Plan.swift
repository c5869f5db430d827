import CKernels
import Glibc
import Graph
import OrderedCollections

/// A flat list of calls that computes a graph for inputs of certain extents, with memory for one run at a time.
struct Plan: Sendable {
  /// What the plan was made for.
  let signature: [String: ValueType]
  let steps: [Step]
  /// The phases of all steps, one after the other.
  let phases: [Phase]
  let memory: PlanMemory
  let pace = Pace()
  /// The pipeline's passes with the number of nodes each left.
  let passes: [(name: String, nodes: Int)]
  /// Bytes of values, and of packed weights.
  let arenaBytes: Int
  let weightBytes: Int
  /// What stands in slots and boxes, for those who look at a run step by step.
  let contents: PlanContents
  private let inputs: [(name: String, place: Place)]
  private let outputs: [(name: String, place: Place)]

  /// Where the caller's values go, and come from.
  private enum Place: Sendable {
    case arena(Slot, shape: [Int])
    case box(Int)
    case constant(RuntimeValue)
  }

  /// A plan for `graph`, which is in the newest form, for inputs of these types.
  ///
  /// - Throws: `GraphError` where a node's inputs don't fit its operator.
  init(
    _ graph: Graph, inputs types: [String: ValueType], kernels: KernelSet, workers: Int,
    passes pipeline: [Pass], choice: ConvolutionChoice, errorBudget: Double,
    isForOneRun: Bool, seed: UInt64
  ) throws {
    signature = types
    var graph = graph
    // An input with a default that is not given is a constant.
    graph.inputs = graph.inputs.filter { types[$0.name] != nil }
    let evaluate = ReferenceEvaluator.constants
    // Where many runs are expected, the session has checked types already.
    let known =
      try isForOneRun
      ? graph.checkTypes(inputTypes: types, evaluate: evaluate)
      : graph.inferringTypes(inputTypes: types, evaluate: evaluate)
    var plan = PlanGraph(
      nodes: graph.nodes, types: known.types, constants: known.constants, inputs: graph.inputs.map(\.name),
      outputs: graph.outputs.map(\.name))
    var counts = [("read", plan.nodes.count)]
    for pass in pipeline {
      try pass.rewrite(&plan)
      counts.append((pass.name, plan.nodes.count))
    }
    passes = counts
    // Random operators draw by their place in the graph as it was read.
    var positions: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { for name in node.outputs { positions[name] = index } }

    var builder = PlanBuilder(
      graph: consume plan, kernels: kernels, workers: workers, choice: choice, errorBudget: errorBudget,
      isForOneRun: isForOneRun)
    inputs = builder.graph.inputs.map { name in
      if let shape = builder.graph.floatShape(name), !shape.contains(0) {
        return (name, .arena(builder.define(name, .plain), shape: shape))
      }
      return (name, .box(builder.defineBox(name)))
    }
    for node in builder.graph.nodes {
      for part in try builder.lower(node) ? [] : node.standardForm {
        try builder.lowerReference(
          part, position: part.outputs.compactMap { positions[$0] }.first ?? 0, seed: seed)
      }
    }
    outputs = try builder.graph.outputs.map { name in
      if let constant = builder.graph.constants[name] { return (name, .constant(.tensor(constant))) }
      if let shape = builder.graph.floatShape(name), let slot = builder.plainSlot(name) {
        return (name, .arena(slot, shape: shape))
      }
      guard let box = builder.boxes[name] else {
        throw InterpreterError.node("the graph", reason: "output '\(name)' has no value")
      }
      return (name, .box(box))
    }
    steps = builder.steps
    contents = PlanContents(builder)
    phases = steps.flatMap(\.phases)
    var kept: [Slot] = []
    for (_, place) in inputs + outputs { if case .arena(let slot, _) = place { kept.append(slot) } }
    let arena = Arena(slotBytes: builder.slotBytes, steps: steps, kept: kept)
    arenaBytes = arena.bytes
    weightBytes = builder.packedBytes
    memory = PlanMemory(
      bytes: arena.bytes, offsets: arena.offsets, scratchFloats: builder.scratchFloats, workers: workers,
      boxes: builder.boxes.count, besides: builder.weightMemory)
  }

  /// Puts the caller's values where the first steps read them.
  func load(_ values: OrderedDictionary<String, RuntimeValue>) {
    memory.failure = nil
    for index in 0..<inputs.count {
      let (name, place) = inputs[index]
      guard let value = values[name] else {
        if case .box(let box) = place, case .optional(let element)? = signature[name] {
          memory.boxes[box] = .optional(nil, element: element)
        }
        continue
      }
      switch place {
      case .arena(let slot, _): if case .tensor(let tensor) = value { memory.set(slot, tensor) }
      case .box(let box): memory.boxes[box] = value
      case .constant: break
      }
    }
  }

  /// The graph's outputs, after the last phase.
  ///
  /// - Throws: the first error of a step.
  func results() throws -> OrderedDictionary<String, RuntimeValue> {
    if let failure = memory.failure { throw failure }
    var results = OrderedDictionary<String, RuntimeValue>(minimumCapacity: outputs.count)
    for (name, place) in outputs {
      switch place {
      case .arena(let slot, let shape): results[name] = .tensor(try memory.tensor(slot, shape))
      case .constant(let value): results[name] = value
      case .box(let box):
        guard let value = memory.boxes[box] else {
          throw InterpreterError.node("the graph", reason: "output '\(name)' has no value")
        }
        results[name] = value
      }
    }
    return results
  }
}

extension Plan {
  /// The graph's outputs, after the last phase, written over tensors that fit.
  ///
  /// - Throws: the first error of a step; `InterpreterError` where an output is no tensor.
  func results(into tensors: inout [Tensor]) throws {
    if let failure = memory.failure { throw failure }
    if tensors.count > outputs.count { tensors.removeLast(tensors.count - outputs.count) }
    for index in 0..<outputs.count {
      let output = outputs[index]
      if case .arena(let slot, let shape) = output.place, index < tensors.count,
        tensors[index].elementType == .float32, tensors[index].shape == shape
      {
        memory.copy(slot, into: &tensors[index])
        continue
      }
      let tensor = try tensor(output.name, output.place)
      if index < tensors.count { tensors[index] = tensor } else { tensors.append(tensor) }
    }
  }

  private func tensor(_ name: String, _ place: Place) throws -> Tensor {
    let value: RuntimeValue?
    switch place {
    case .arena(let slot, let shape): return try memory.tensor(slot, shape)
    case .constant(let constant): value = constant
    case .box(let box): value = memory.boxes[box]
    }
    guard case .tensor(let tensor)? = value else { throw Plan.noTensor(name) }
    return tensor
  }

  static func noTensor(_ name: String) -> InterpreterError {
    .node("the graph", reason: "output '\(name)' is no tensor: ask for all values instead")
  }
}

extension PlanBuilder {
  /// Appends what computes `node`; `false` where only its definition does.
  mutating func lower(_ node: Node) throws -> Bool {
    if node.isPlan("Conv") { return try lowerConvolution(node) }
    if node.isPlan("Dense") { return try lowerDense(node) }
    if node.isPlan("CBAM") { return try lowerAttention(node) }
    if node.domain == Levels.domain { return try lowerLevels(node) }
    guard node.domain.isEmpty else { return false }
    if lowerView(node) || lowerPooling(node) || lowerUnary(node) || lowerBinary(node) { return true }
    return lowerConcat(node) || lowerSoftmax(node)
  }
}

extension Node {
  /// The standard's nodes that a plan's node was fused from; itself where it is a standard one.
  var standardForm: [Node] {
    guard domain == PlanGraph.domain, operatorType == "Conv" || operatorType == "Dense" else { return [self] }
    var first = self
    first.domain = ""
    first.metadata = [:]
    first.attributes["origins"] = nil
    if let residual, first.inputs.last == residual { first.inputs.removeLast() }
    if operatorType == "Dense" {
      first.operatorType = "Gemm"
      first.attributes = ["transB": .int(Int64(int("transposed") ?? 0))]
    } else {
      for name in ["lower", "upper", "residual", "pool"] { first.attributes[name] = nil }
    }
    var nodes = [first]
    func append(_ type: String, _ more: [String], _ attributes: OrderedDictionary<String, Attribute>) {
      let last = nodes.count - 1
      let name = "\(outputs[0])/before \(type)"
      nodes[last].outputs = [name]
      nodes.append(Node(type, inputs: [name] + more, outputs: [outputs[0]], attributes: attributes))
    }
    if let residual { append("Add", [residual], [:]) }
    let (lower, upper) = clamp
    if lower == 0, upper == .infinity {
      append("Relu", [], [:])
    } else if lower > -.infinity || upper < .infinity {
      // Both ends as constants of nodes of their own, before the one that reads them.
      func constant(_ value: Float, _ name: String) -> Node {
        let tensor = try? Tensor([value], shape: [])
        return Node(
          "Constant", inputs: [], outputs: [name], attributes: tensor.map { ["value": .tensor($0)] } ?? [:])
      }
      let names = ["\(outputs[0])/lower", "\(outputs[0])/upper"]
      nodes.insert(contentsOf: [constant(lower, names[0]), constant(upper, names[1])], at: 0)
      append("Clip", names, [:])
    }
    if int("pool") == 2 {
      append("MaxPool", [], ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    }
    return nodes
  }
}
