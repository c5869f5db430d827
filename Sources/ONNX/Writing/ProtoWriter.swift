import COnnxProto
import Graph
import OrderedCollections

/// Turns the IR into C messages that live in an arena.
struct ProtoWriter {
  let arena = ProtoArena()
  /// Where initializers go that are too large for the file itself.
  let external: ExternalDataLayout?

  func model(_ model: Model) throws(ONNXError) -> UnsafeMutablePointer<Onnx__ModelProto> {
    let proto = arena.make(Onnx__ModelProto()) { onnx__model_proto__init($0) }
    proto.pointee.has_ir_version = 1
    proto.pointee.ir_version = Int64(model.irVersion)
    proto.pointee.producer_name = arena.optionalString(model.producerName)
    proto.pointee.producer_version = arena.optionalString(model.producerVersion)
    proto.pointee.domain = arena.optionalString(model.domain)
    proto.pointee.has_model_version = model.modelVersion == 0 ? 0 : 1
    proto.pointee.model_version = Int64(model.modelVersion)
    proto.pointee.doc_string = arena.optionalString(model.documentation)
    (proto.pointee.n_opset_import, proto.pointee.opset_import) = opsets(model.opsetImports)
    (proto.pointee.n_metadata_props, proto.pointee.metadata_props) = properties(model.metadata)
    proto.pointee.graph = try graph(model.graph)
    var functions: [UnsafeMutablePointer<Onnx__FunctionProto>] = []
    for item in model.functions { functions.append(try function(item)) }
    proto.pointee.n_functions = functions.count
    proto.pointee.functions = arena.list(functions)
    return proto
  }

  func graph(_ graph: Graph) throws(ONNXError) -> UnsafeMutablePointer<Onnx__GraphProto> {
    let proto = arena.make(Onnx__GraphProto()) { onnx__graph_proto__init($0) }
    proto.pointee.name = arena.optionalString(graph.name)
    proto.pointee.doc_string = arena.optionalString(graph.documentation)
    (proto.pointee.n_metadata_props, proto.pointee.metadata_props) = properties(graph.metadata)
    var nodes: [UnsafeMutablePointer<Onnx__NodeProto>] = []
    for item in graph.nodes { nodes.append(try node(item)) }
    (proto.pointee.n_node, proto.pointee.node) = (nodes.count, arena.list(nodes))
    var initializers: [UnsafeMutablePointer<Onnx__TensorProto>] = []
    for (name, item) in graph.initializers {
      initializers.append(try tensor(item, name: name, external: external))
    }
    (proto.pointee.n_initializer, proto.pointee.initializer) = (initializers.count, arena.list(initializers))
    var sparse: [UnsafeMutablePointer<Onnx__SparseTensorProto>] = []
    for (name, item) in graph.sparseInitializers { sparse.append(try sparseTensor(item, name: name)) }
    (proto.pointee.n_sparse_initializer, proto.pointee.sparse_initializer) = (
      sparse.count, arena.list(sparse)
    )
    let (inputs, outputs) = (graph.inputs.map(value), graph.outputs.map(value))
    (proto.pointee.n_input, proto.pointee.input) = (inputs.count, arena.list(inputs))
    (proto.pointee.n_output, proto.pointee.output) = (outputs.count, arena.list(outputs))
    let between = graph.valueInfo.values.map(value)
    (proto.pointee.n_value_info, proto.pointee.value_info) = (between.count, arena.list(between))
    let annotations = graph.quantizationAnnotations.map { name, entries in
      let proto = arena.make(Onnx__TensorAnnotation()) { onnx__tensor_annotation__init($0) }
      proto.pointee.tensor_name = arena.string(name)
      (proto.pointee.n_quant_parameter_tensor_names, proto.pointee.quant_parameter_tensor_names) = properties(
        entries)
      return proto
    }
    (proto.pointee.n_quantization_annotation, proto.pointee.quantization_annotation) = (
      annotations.count, arena.list(annotations)
    )
    return proto
  }

  private func function(_ function: Function) throws(ONNXError) -> UnsafeMutablePointer<Onnx__FunctionProto> {
    let proto = arena.make(Onnx__FunctionProto()) { onnx__function_proto__init($0) }
    proto.pointee.name = arena.string(function.name)
    proto.pointee.domain = arena.string(function.domain)
    proto.pointee.overload = arena.optionalString(function.overload)
    proto.pointee.doc_string = arena.optionalString(function.documentation)
    (proto.pointee.n_input, proto.pointee.input) = (function.inputs.count, arena.strings(function.inputs))
    (proto.pointee.n_output, proto.pointee.output) = (function.outputs.count, arena.strings(function.outputs))
    (proto.pointee.n_attribute, proto.pointee.attribute) = (
      function.attributes.count, arena.strings(function.attributes)
    )
    (proto.pointee.n_opset_import, proto.pointee.opset_import) = opsets(function.opsetImports)
    (proto.pointee.n_metadata_props, proto.pointee.metadata_props) = properties(function.metadata)
    var defaults: [UnsafeMutablePointer<Onnx__AttributeProto>] = []
    for (name, item) in function.attributeDefaults { defaults.append(try attribute(name, item)) }
    (proto.pointee.n_attribute_proto, proto.pointee.attribute_proto) = (defaults.count, arena.list(defaults))
    var nodes: [UnsafeMutablePointer<Onnx__NodeProto>] = []
    for item in function.nodes { nodes.append(try node(item)) }
    (proto.pointee.n_node, proto.pointee.node) = (nodes.count, arena.list(nodes))
    let values = function.valueInfo.values.map(value)
    (proto.pointee.n_value_info, proto.pointee.value_info) = (values.count, arena.list(values))
    return proto
  }

  private func node(_ node: Node) throws(ONNXError) -> UnsafeMutablePointer<Onnx__NodeProto> {
    let proto = arena.make(Onnx__NodeProto()) { onnx__node_proto__init($0) }
    proto.pointee.op_type = arena.string(node.operatorType)
    proto.pointee.name = arena.optionalString(node.name)
    proto.pointee.domain = arena.optionalString(node.domain)
    proto.pointee.overload = arena.optionalString(node.overload)
    proto.pointee.doc_string = arena.optionalString(node.documentation)
    (proto.pointee.n_input, proto.pointee.input) = (node.inputs.count, arena.strings(node.inputs))
    (proto.pointee.n_output, proto.pointee.output) = (node.outputs.count, arena.strings(node.outputs))
    (proto.pointee.n_metadata_props, proto.pointee.metadata_props) = properties(node.metadata)
    var attributes: [UnsafeMutablePointer<Onnx__AttributeProto>] = []
    for (name, item) in node.attributes { attributes.append(try attribute(name, item)) }
    (proto.pointee.n_attribute, proto.pointee.attribute) = (attributes.count, arena.list(attributes))
    return proto
  }

  private func attribute(
    _ name: String, _ attribute: Attribute
  ) throws(ONNXError) -> UnsafeMutablePointer<Onnx__AttributeProto> {
    let proto = arena.make(Onnx__AttributeProto()) { onnx__attribute_proto__init($0) }
    proto.pointee.name = arena.string(name)
    proto.pointee.has_type = 1
    proto.pointee.type = Onnx__AttributeProto__AttributeType(rawValue: UInt32(attribute.kind.rawValue))
    switch attribute {
    case .float(let value): (proto.pointee.has_f, proto.pointee.f) = (1, value)
    case .int(let value): (proto.pointee.has_i, proto.pointee.i) = (1, value)
    case .string(let value): (proto.pointee.has_s, proto.pointee.s) = (1, arena.bytes(value))
    case .tensor(let value): proto.pointee.t = try tensor(value, name: "", external: nil)
    case .graph(let value): proto.pointee.g = try graph(value)
    case .sparseTensor(let value): proto.pointee.sparse_tensor = try sparseTensor(value, name: "")
    case .type(let value): proto.pointee.tp = type(value)
    case .floats(let values):
      (proto.pointee.n_floats, proto.pointee.floats) = (values.count, arena.array(values))
    case .ints(let values): (proto.pointee.n_ints, proto.pointee.ints) = (values.count, arena.array(values))
    case .strings(let values):
      (proto.pointee.n_strings, proto.pointee.strings) = (
        values.count, arena.array(values.map { arena.bytes($0) })
      )
    case .tensors(let values):
      var items: [UnsafeMutablePointer<Onnx__TensorProto>] = []
      for value in values { items.append(try tensor(value, name: "", external: nil)) }
      (proto.pointee.n_tensors, proto.pointee.tensors) = (items.count, arena.list(items))
    case .graphs(let values):
      var items: [UnsafeMutablePointer<Onnx__GraphProto>] = []
      for value in values { items.append(try graph(value)) }
      (proto.pointee.n_graphs, proto.pointee.graphs) = (items.count, arena.list(items))
    case .sparseTensors(let values):
      var items: [UnsafeMutablePointer<Onnx__SparseTensorProto>] = []
      for value in values { items.append(try sparseTensor(value, name: "")) }
      (proto.pointee.n_sparse_tensors, proto.pointee.sparse_tensors) = (items.count, arena.list(items))
    case .types(let values):
      let items = values.map(type)
      (proto.pointee.n_type_protos, proto.pointee.type_protos) = (items.count, arena.list(items))
    case .reference(let name, _): proto.pointee.ref_attr_name = arena.string(name)
    }
    return proto
  }

  private func properties(
    _ entries: OrderedDictionary<String, String>
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Onnx__StringStringEntryProto>?>?) {
    let items = entries.map { key, value in
      let proto = arena.make(Onnx__StringStringEntryProto()) { onnx__string_string_entry_proto__init($0) }
      proto.pointee.key = arena.string(key)
      proto.pointee.value = arena.string(value)
      return proto
    }
    return (items.count, arena.list(items))
  }

  private func opsets(
    _ versions: OrderedDictionary<String, Int>
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Onnx__OperatorSetIdProto>?>?) {
    let items = versions.map { domain, version in
      let proto = arena.make(Onnx__OperatorSetIdProto()) { onnx__operator_set_id_proto__init($0) }
      proto.pointee.domain = arena.string(domain)
      (proto.pointee.has_version, proto.pointee.version) = (1, Int64(version))
      return proto
    }
    return (items.count, arena.list(items))
  }
}
