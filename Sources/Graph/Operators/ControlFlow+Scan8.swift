import OrderedCollections

extension OperatorFamily {
  /// Scan-8 went over a batch, each element a sequence, which could have a length of its own: today that is a scan of
  /// scans.
  @Sendable static func upgradeScan(_ node: Node, _ context: inout UpgradeContext) throws -> [Node] {
    guard context.sinceVersion == 8 else { return [node] }
    let values = Array(node.inputs.dropFirst())
    guard let scanned = node.int("num_scan_inputs"), (1...max(1, values.count)).contains(scanned) else {
      throw GraphError.shape(node: node.label, reason: "num_scan_inputs doesn't fit \(values.count) inputs")
    }
    let elements = values.map { context.freshName("element_of_\($0)") }
    let results = node.outputs.map { context.freshName("result_of_\($0)") }
    var inner = node
    inner.inputs = elements
    inner.outputs = results
    if let directions = inner.ints("directions") {
      inner.attributes["directions"] = nil
      inner.attributes["scan_input_directions"] = .ints(directions.map(Int64.init))
    }
    var body = Graph(
      name: "batch", nodes: [inner], inputs: elements.map { Value($0, nil) },
      outputs: results.map { Value($0, nil) })
    var outer = node
    outer.inputs = values
    if let lengths = node.input(0) {
      outer.inputs.append(lengths)
      try limit(&body, states: values.count - scanned, &context)
    }
    outer.attributes = ["body": .graph(body), "num_scan_inputs": .int(Int64(outer.inputs.count))]
    return [outer]
  }

  /// Gives the body one input more, a sequence's length: the scan in it sees as much of each input, and rows of zeros
  /// fill its outputs up, as ONNX Runtime does; the standard says nothing of them.
  private static func limit(_ body: inout Graph, states: Int, _ context: inout UpgradeContext) throws {
    guard var scan = body.nodes.first, let first = scan.inputs.last else { return }
    let (length, axis) = try (context.freshName("length"), context.constant([0], "axis"))
    let (vector, all) = (context.freshName("length"), context.freshName("extent"))
    let (rest, sizes, pads) = (
      context.freshName("rest"), context.freshName("sizes"), context.freshName("pads")
    )
    body.inputs.append(Value(length, nil))
    var nodes = [
      Node("Unsqueeze", inputs: [length, axis], outputs: [vector]),
      Node("Shape", inputs: [first], outputs: [all], attributes: ["start": .int(0), "end": .int(1)]),
      Node("Sub", inputs: [all, vector], outputs: [rest]),
      Node("Concat", inputs: [vector, rest], outputs: [sizes], attributes: ["axis": .int(0)]),
      Node("Concat", inputs: [axis, rest], outputs: [pads], attributes: ["axis": .int(0)]),
    ]
    // Split refuses lengths that are negative or more than there is.
    for index in scan.inputs.indices.dropFirst(states) {
      let (part, unseen) = (context.freshName("part"), context.freshName("unseen"))
      nodes.append(
        Node(
          "Split", inputs: [scan.inputs[index], sizes], outputs: [part, unseen],
          attributes: ["axis": .int(0)]))
      scan.inputs[index] = part
    }
    var filled: [Node] = []
    for index in scan.outputs.indices.dropFirst(states) {
      let found = context.freshName("found")
      filled.append(Node("Pad", inputs: [found, pads, "", axis], outputs: [scan.outputs[index]]))
      scan.outputs[index] = found
    }
    body.nodes = nodes + [scan] + filled
  }
}
