import COnnxProto
import Graph
import OrderedCollections

/// Turns unpacked messages into the IR.
struct ProtoReader {
  let path: String
  let owner: UnpackedMessage
  let external: ExternalData
  /// Whether attributes have to say of which type they are, as they have since format version 2.
  private var needsAttributeTypes = false

  init(path: String, owner: UnpackedMessage, external: ExternalData) {
    (self.path, self.owner, self.external) = (path, owner, external)
  }

  /// The model, with all that the file's format version asks for.
  func model(_ proto: Onnx__ModelProto) throws(ONNXError) -> Model {
    var reader = self
    reader.needsAttributeTypes = proto.ir_version >= 2
    return try reader.checkedModel(proto)
  }

  private func checkedModel(_ proto: Onnx__ModelProto) throws(ONNXError) -> Model {
    guard let graphProto = proto.graph else {
      throw .graph(path: path, .invalid("the model has no graph: not an ONNX model, or an empty one"))
    }
    var functions: [Function] = []
    for item in list(proto.n_functions, proto.functions) { functions.append(try function(item.pointee)) }
    return Model(
      graph: try graph(graphProto.pointee),
      opsetImports: try opsets(proto.n_opset_import, proto.opset_import),
      irVersion: Int(proto.ir_version), producerName: text(proto.producer_name),
      producerVersion: text(proto.producer_version), domain: text(proto.domain),
      modelVersion: Int(proto.model_version), documentation: text(proto.doc_string),
      metadata: properties(proto.n_metadata_props, proto.metadata_props), functions: functions)
  }

  func graph(_ proto: Onnx__GraphProto) throws(ONNXError) -> Graph {
    var graph = Graph(name: text(proto.name), documentation: text(proto.doc_string))
    graph.nodes.reserveCapacity(proto.n_node)
    for item in list(proto.n_node, proto.node) { graph.nodes.append(try node(item.pointee)) }
    for item in list(proto.n_initializer, proto.initializer) {
      let name = text(item.pointee.name)
      if graph.initializers.updateValue(try tensor(item.pointee), forKey: name) != nil {
        throw .graph(path: path, .duplicateName(name, "two initializers"))
      }
    }
    for item in list(proto.n_sparse_initializer, proto.sparse_initializer) {
      let name = text(item.pointee.values?.pointee.name)
      if graph.sparseInitializers.updateValue(try sparseTensor(item.pointee), forKey: name) != nil
        || graph.initializers[name] != nil
      {
        throw .graph(path: path, .duplicateName(name, "two initializers"))
      }
    }
    for item in list(proto.n_input, proto.input) { graph.inputs.append(try value(item.pointee)) }
    for item in list(proto.n_output, proto.output) { graph.outputs.append(try value(item.pointee)) }
    for item in list(proto.n_value_info, proto.value_info) {
      graph.valueInfo[text(item.pointee.name)] = try value(item.pointee)
    }
    for item in list(proto.n_quantization_annotation, proto.quantization_annotation) {
      graph.quantizationAnnotations[text(item.pointee.tensor_name)] = properties(
        item.pointee.n_quant_parameter_tensor_names, item.pointee.quant_parameter_tensor_names)
    }
    graph.metadata = properties(proto.n_metadata_props, proto.metadata_props)
    return graph
  }

  private func function(_ proto: Onnx__FunctionProto) throws(ONNXError) -> Function {
    var function = Function(
      name: text(proto.name), domain: text(proto.domain), overload: text(proto.overload),
      inputs: strings(proto.n_input, proto.input), outputs: strings(proto.n_output, proto.output),
      attributes: strings(proto.n_attribute, proto.attribute), nodes: [],
      opsetImports: try opsets(proto.n_opset_import, proto.opset_import),
      documentation: text(proto.doc_string),
      metadata: properties(proto.n_metadata_props, proto.metadata_props))
    for item in list(proto.n_attribute_proto, proto.attribute_proto) {
      function.attributeDefaults[text(item.pointee.name)] = try attribute(
        item.pointee, of: "function '\(function.name)'")
    }
    for item in list(proto.n_node, proto.node) { function.nodes.append(try node(item.pointee)) }
    for item in list(proto.n_value_info, proto.value_info) {
      function.valueInfo[text(item.pointee.name)] = try value(item.pointee)
    }
    return function
  }

  private func node(_ proto: Onnx__NodeProto) throws(ONNXError) -> Node {
    var node = Node(
      text(proto.op_type), name: text(proto.name), domain: text(proto.domain), overload: text(proto.overload),
      inputs: strings(proto.n_input, proto.input), outputs: strings(proto.n_output, proto.output),
      documentation: text(proto.doc_string),
      metadata: properties(proto.n_metadata_props, proto.metadata_props))
    for item in list(proto.n_attribute, proto.attribute) {
      let name = text(item.pointee.name)
      if node.attributes.updateValue(try attribute(item.pointee, of: node.label), forKey: name) != nil {
        throw .graph(path: path, .invalid("\(node.label) has the attribute '\(name)' twice"))
      }
    }
    return node
  }

  private func attribute(_ proto: Onnx__AttributeProto, of label: String) throws(ONNXError) -> Attribute {
    let name = text(proto.name)
    func failure(_ reason: String) -> ONNXError {
      .graph(path: path, .invalid("attribute '\(name)' of \(label) \(reason)"))
    }
    guard let kind = kind(of: proto) else {
      throw failure("does not say of which type it is, or of no known one")
    }
    let reference = text(proto.ref_attr_name)
    if !reference.isEmpty { return .reference(name: reference, kind: kind) }
    switch kind {
    case .float: return .float(proto.f)
    case .int: return .int(proto.i)
    case .string: return .string(text(proto.s))
    case .tensor:
      guard let item = proto.t else { throw failure("has no tensor") }
      return .tensor(try tensor(item.pointee))
    case .graph:
      guard let item = proto.g else { throw failure("has no graph") }
      return .graph(try graph(item.pointee))
    case .sparseTensor:
      guard let item = proto.sparse_tensor else { throw failure("has no sparse tensor") }
      return .sparseTensor(try sparseTensor(item.pointee))
    case .type:
      guard let item = proto.tp, let type = try type(item.pointee) else { throw failure("has no known type") }
      return .type(type)
    case .floats: return .floats(Array(UnsafeBufferPointer(start: proto.floats, count: proto.n_floats)))
    case .ints: return .ints(Array(UnsafeBufferPointer(start: proto.ints, count: proto.n_ints)))
    case .strings:
      return .strings(UnsafeBufferPointer(start: proto.strings, count: proto.n_strings).map { text($0) })
    case .tensors:
      var items: [Tensor] = []
      for item in list(proto.n_tensors, proto.tensors) { items.append(try tensor(item.pointee)) }
      return .tensors(items)
    case .graphs:
      var items: [Graph] = []
      for item in list(proto.n_graphs, proto.graphs) { items.append(try graph(item.pointee)) }
      return .graphs(items)
    case .sparseTensors:
      var items: [SparseTensor] = []
      for item in list(proto.n_sparse_tensors, proto.sparse_tensors) {
        items.append(try sparseTensor(item.pointee))
      }
      return .sparseTensors(items)
    case .types:
      var items: [ValueType] = []
      for item in list(proto.n_type_protos, proto.type_protos) {
        guard let type = try type(item.pointee) else { throw failure("has an unknown type") }
        items.append(type)
      }
      return .types(items)
    }
  }

  /// The attribute's declared kind; files of IR version 1 may leave it out, and the one field set tells it.
  private func kind(of proto: Onnx__AttributeProto) -> Attribute.Kind? {
    if proto.has_type != 0, proto.type != ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED {
      return Attribute.Kind(rawValue: Int32(proto.type.rawValue))
    }
    if needsAttributeTypes { return nil }
    if proto.has_f != 0 { return .float }
    if proto.has_i != 0 { return .int }
    if proto.has_s != 0 { return .string }
    if proto.t != nil { return .tensor }
    if proto.g != nil { return .graph }
    if proto.n_floats > 0 { return .floats }
    if proto.n_ints > 0 { return .ints }
    if proto.n_strings > 0 { return .strings }
    if proto.n_tensors > 0 { return .tensors }
    if proto.n_graphs > 0 { return .graphs }
    return nil
  }

  private func strings(_ count: Int, _ items: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String]
  {
    guard let items else { return [] }
    return (0..<count).map { text(items[$0]) }
  }

  private func properties(
    _ count: Int, _ items: UnsafeMutablePointer<UnsafeMutablePointer<Onnx__StringStringEntryProto>?>?
  ) -> OrderedDictionary<String, String> {
    var result: OrderedDictionary<String, String> = [:]
    for item in list(count, items) { result[text(item.pointee.key)] = text(item.pointee.value) }
    return result
  }

  private func opsets(
    _ count: Int, _ items: UnsafeMutablePointer<UnsafeMutablePointer<Onnx__OperatorSetIdProto>?>?
  ) throws(ONNXError) -> OrderedDictionary<String, Int> {
    var result: OrderedDictionary<String, Int> = [:]
    for item in list(count, items) {
      let domain = text(item.pointee.domain)
      let version = Int(item.pointee.version)
      if let other = result.updateValue(version, forKey: domain), other != version {
        throw .graph(
          path: path, .invalid("the operator set '\(domain)' is imported as version \(other) and \(version)"))
      }
    }
    return result
  }
}
