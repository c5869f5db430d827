import COnnxProto
import Graph
import OrderedCollections

/// Sequences, optionals and maps as files of their own (onnx-data.proto).
extension ProtoReader {
  /// The sequence; `element` is the type of its elements where the caller knows it.
  func sequence(_ proto: Onnx__SequenceProto, element: ValueType?) throws(ONNXError) -> RuntimeValue {
    var values: [RuntimeValue] = []
    for item in list(proto.n_tensor_values, proto.tensor_values) {
      values.append(.tensor(try tensor(item.pointee)))
    }
    for item in list(proto.n_sparse_tensor_values, proto.sparse_tensor_values) {
      values.append(.sparseTensor(try sparseTensor(item.pointee)))
    }
    for item in list(proto.n_sequence_values, proto.sequence_values) {
      values.append(try sequence(item.pointee, element: element.flatMap(Self.inner)))
    }
    for item in list(proto.n_map_values, proto.map_values) { values.append(try map(item.pointee)) }
    for item in list(proto.n_optional_values, proto.optional_values) {
      values.append(try optional(item.pointee, element: element.flatMap(Self.inner)))
    }
    return .sequence(values, element: element ?? values.first?.type ?? .tensor(.float32, nil))
  }

  /// The optional; `element` is the type of its content where the caller knows it.
  func optional(_ proto: Onnx__OptionalProto, element: ValueType?) throws(ONNXError) -> RuntimeValue {
    var value: RuntimeValue?
    if let item = proto.tensor_value { value = .tensor(try tensor(item.pointee)) }
    if let item = proto.sparse_tensor_value { value = .sparseTensor(try sparseTensor(item.pointee)) }
    if let item = proto.sequence_value {
      value = try sequence(item.pointee, element: element.flatMap(Self.inner))
    }
    if let item = proto.map_value { value = try map(item.pointee) }
    if let item = proto.optional_value {
      value = try optional(item.pointee, element: element.flatMap(Self.inner))
    }
    return .optional(value, element: element ?? value?.type ?? .tensor(.float32, nil))
  }

  /// The map.
  func map(_ proto: Onnx__MapProto) throws(ONNXError) -> RuntimeValue {
    var keys = UnsafeBufferPointer(start: proto.keys, count: proto.n_keys).map { RuntimeValue.MapKey.int($0) }
    keys += UnsafeBufferPointer(start: proto.string_keys, count: proto.n_string_keys).map {
      .string(text($0))
    }
    var values: [RuntimeValue] = []
    if let item = proto.values, case .sequence(let items, _) = try sequence(item.pointee, element: nil) {
      values = items
    }
    guard keys.count == values.count else {
      throw .tensor(
        path: path, name: text(proto.name), reason: "a map of \(keys.count) keys and \(values.count) values")
    }
    return .map(
      OrderedDictionary(zip(keys, values)) { _, last in last }, key: try elementType(proto.key_type),
      value: values.first?.type ?? .tensor(.float32, nil))
  }

  private static func inner(_ type: ValueType) -> ValueType? {
    switch type {
    case .sequence(let element), .optional(let element): element
    default: nil
    }
  }
}
