import Graph
import OrderedCollections

/// Builds a graph node by node. Values are named after the modules whose outputs they are, so that they can be
/// found again in PyTorch; a module called twice gets `#0` and `#1`, as in PyTorch's order of calls.
public struct GraphBuilder {
  private(set) var graph: Graph
  /// The operator-set version that nodes are written for.
  let opset: Int
  private let weights: Weights
  /// Checkpoint tensors that became part of the graph.
  private(set) var used: Set<String> = []

  init(name: String, opset: Int, weights: Weights) {
    graph = Graph(name: name)
    self.opset = opset
    self.weights = weights
  }

  /// Declares a graph input.
  mutating func input(_ name: String, shape: Shape, documentation: String) -> String {
    graph.inputs.append(Value(name, .tensor(.float32, shape), documentation: documentation))
    return name
  }

  /// Declares a graph output.
  mutating func output(_ name: String, documentation: String) {
    graph.outputs.append(Value(name, nil, documentation: documentation))
  }

  /// The checkpoint's tensor `name` as an initializer of float32, under the shape given or its own.
  mutating func weight(_ name: String, shape: [Int]? = nil) throws(ExportError) -> String {
    used.insert(name)
    if graph.initializers[name] != nil { return name }
    guard let entry = weights.entries[name] else { throw .missingTensor(name: name, family: graph.name) }
    guard entry.elementType.isFloatingPoint else { throw .elementType(name, entry.elementType) }
    do {
      var tensor = try entry.load()
      if tensor.elementType != .float32 {
        tensor = try Tensor(doubles: tensor.doubles(), as: .float32, shape: tensor.shape)
      }
      graph.initializers[name] = try shape.map { try tensor.reshaped(to: $0) } ?? tensor
    } catch { throw .unreadable(name, reason: "\(error)") }
    return name
  }

  /// The checkpoint's tensor, or `nil` where it has none of this name.
  mutating func optionalWeight(_ name: String, shape: [Int]? = nil) throws(ExportError) -> String? {
    weights.entries[name] == nil ? nil : try weight(name, shape: shape)
  }

  /// Notes that a tensor carries nothing that inference needs.
  mutating func ignore(_ name: String) { used.insert(name) }

  /// A constant of integers, as an initializer.
  mutating func constant(_ name: String, _ values: [Int]) throws(ExportError) -> String {
    do { graph.initializers[name] = try Tensor(values.map(Int64.init), shape: [values.count]) } catch {
      throw .unreadable(name, reason: "\(error)")
    }
    return name
  }

  /// Appends a node, named after the value it writes, and returns that value's name.
  @discardableResult
  mutating func node(
    _ operatorType: String, _ inputs: [String], output: String,
    attributes: OrderedDictionary<String, Attribute> = [:], documentation: String = ""
  ) -> String {
    graph.nodes.append(
      Node(
        operatorType, name: output, inputs: inputs, outputs: [output], attributes: attributes,
        documentation: documentation))
    return output
  }
}

/// Layers as PyTorch has them.
extension GraphBuilder {
  /// `nn.Conv2d` with square stride, padding and dilation.
  mutating func convolution(
    _ module: String, _ input: String, stride: Int = 1, padding: Int? = nil, groups: Int = 1,
    output: String? = nil
  ) throws(ExportError) -> String {
    let name = module + ".weight"
    guard let shape = weights.shape(name) else { throw .missingTensor(name: name, family: graph.name) }
    guard shape.count == 4 else {
      throw .shape(name, shape, reason: "a convolution needs [out, in, height, width]")
    }
    let facts = weights.layers[module]
    let dilations = facts?.dilation ?? [1, 1]
    // Without other knowledge a kernel keeps the map's extent, as `padding = k // 2` does.
    let pads =
      facts?.padding ?? padding.map { [$0, $0] }
      ?? [shape[2] / 2 * dilations[0], shape[3] / 2 * dilations[1]]
    let strides = facts?.stride ?? [stride, stride]
    let groups = facts?.groups ?? groups
    guard [strides, pads, dilations].allSatisfy({ $0.count == 2 }) else {
      throw .layer(module, reason: "has strides, padding or dilations for other than two dimensions")
    }
    var inputs = [input, try weight(name)]
    if let bias = try optionalWeight(module + ".bias") { inputs.append(bias) }
    return node(
      "Conv", inputs, output: output ?? module,
      attributes: [
        "dilations": .ints(dilations.map(Int64.init)), "group": .int(Int64(groups)),
        "kernel_shape": .ints([Int64(shape[2]), Int64(shape[3])]),
        "pads": .ints((pads + pads).map(Int64.init)), "strides": .ints(strides.map(Int64.init)),
      ], documentation: "Conv2d \(shape[1] * groups) → \(shape[0]), \(shape[2])×\(shape[3])")
  }

  /// `nn.BatchNorm2d` in evaluation mode.
  mutating func batchNormalization(
    _ module: String, _ input: String, epsilon: Float, output: String? = nil
  ) throws(ExportError) -> String {
    var inputs = [input]
    for part in ["weight", "bias", "running_mean", "running_var"] {
      inputs.append(try weight("\(module).\(part)"))
    }
    ignore("\(module).num_batches_tracked")
    return node(
      "BatchNormalization", inputs, output: output ?? module,
      attributes: ["epsilon": .float(weights.layers[module]?.epsilon ?? epsilon)])
  }

  /// `nn.Linear` on `[N, in]`.
  mutating func linear(_ module: String, _ input: String, output: String? = nil) throws(ExportError) -> String
  {
    let name = module + ".weight"
    guard let shape = weights.shape(name) else { throw .missingTensor(name: name, family: graph.name) }
    // A 1×1 convolution on a pooled vector is the same product.
    guard shape.count == 2 || (shape.count == 4 && shape[2...] == [1, 1]) else {
      throw .shape(name, shape, reason: "a linear layer needs [out, in]")
    }
    var inputs = [input, try weight(name, shape: Array(shape[..<2]))]
    if let bias = try optionalWeight(module + ".bias") { inputs.append(bias) }
    return node(
      "Gemm", inputs, output: output ?? module, attributes: ["transB": .int(1)],
      documentation: "Linear \(shape[1]) → \(shape[0])")
  }

  /// `nn.MaxPool2d`.
  mutating func maxPool(_ input: String, kernel: Int, stride: Int, padding: Int = 0, output: String) -> String
  {
    node(
      "MaxPool", [input], output: output,
      attributes: [
        "kernel_shape": .ints([Int64(kernel), Int64(kernel)]),
        "pads": .ints(Array(repeating: Int64(padding), count: 4)),
        "strides": .ints([Int64(stride), Int64(stride)]),
      ])
  }

  /// A reduction over axes, which moved from an attribute to an input with operator set 18.
  mutating func reduce(_ operatorType: String, _ input: String, axes: [Int], output: String)
    throws(ExportError) -> String
  {
    var attributes: OrderedDictionary<String, Attribute> = ["keepdims": .int(1)]
    guard opset >= 18 else {
      attributes["axes"] = .ints(axes.map(Int64.init))
      return node(operatorType, [input], output: output, attributes: attributes)
    }
    let name = "axes_" + axes.map(String.init).joined(separator: "_")
    return node(operatorType, [input, try constant(name, axes)], output: output, attributes: attributes)
  }

  /// `nn.ReLU6`: between 0 and 6.
  mutating func relu6(_ input: String, output: String) throws(ExportError) -> String {
    for (name, value) in [("relu6.min", Float(0)), ("relu6.max", 6)] where graph.initializers[name] == nil {
      do { graph.initializers[name] = try Tensor([value], shape: []) } catch {
        throw .unreadable(name, reason: "\(error)")
      }
    }
    return node("Clip", [input, "relu6.min", "relu6.max"], output: output)
  }
}
