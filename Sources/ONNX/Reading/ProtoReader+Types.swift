import COnnxProto
import Graph

extension ProtoReader {
  func value(_ proto: Onnx__ValueInfoProto) throws(ONNXError) -> Value {
    Value(
      text(proto.name), try proto.type.map { type throws(ONNXError) in try self.type(type.pointee) } ?? nil,
      documentation: text(proto.doc_string))
  }

  /// The type, or `nil` where the file leaves it open.
  func type(_ proto: Onnx__TypeProto) throws(ONNXError) -> ValueType? {
    switch proto.value_case {
    case ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE:
      guard let item = proto.tensor_type, item.pointee.elem_type != 0 else { return nil }
      return .tensor(try elementType(item.pointee.elem_type), try shape(item.pointee.shape))
    case ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE:
      guard let item = proto.sparse_tensor_type, item.pointee.elem_type != 0 else { return nil }
      return .sparseTensor(try elementType(item.pointee.elem_type), try shape(item.pointee.shape))
    case ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE:
      guard let item = proto.sequence_type?.pointee.elem_type, let element = try type(item.pointee) else {
        return nil
      }
      return .sequence(element)
    case ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE:
      guard let item = proto.optional_type?.pointee.elem_type, let element = try type(item.pointee) else {
        return nil
      }
      return .optional(element)
    case ONNX__TYPE_PROTO__VALUE_MAP_TYPE:
      guard let map = proto.map_type, let item = map.pointee.value_type, let value = try type(item.pointee)
      else {
        return nil
      }
      return .map(key: try elementType(map.pointee.key_type), value: value)
    default: return nil
    }
  }

  func elementType(_ code: Int32) throws(ONNXError) -> ElementType {
    guard let type = ElementType(rawValue: code) else {
      throw .graph(path: path, .invalid("element type \(code) is not known"))
    }
    return type
  }

  private func shape(_ proto: UnsafeMutablePointer<Onnx__TensorShapeProto>?) throws(ONNXError) -> Shape? {
    guard let proto else { return nil }
    var dimensions: [Dimension] = []
    for item in list(proto.pointee.n_dim, proto.pointee.dim) {
      switch item.pointee.value_case {
      case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE:
        // Some exporters write -1, or another negative number, for "not known".
        let extent = Int(item.pointee.dim_value)
        dimensions.append(extent < 0 ? .unknown : .fixed(extent))
      case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM:
        let name = text(item.pointee.dim_param)
        dimensions.append(name.isEmpty ? .unknown : Dimension(SymbolicExpression(parsing: name)))
      default: dimensions.append(.unknown)
      }
    }
    return Shape(dimensions)
  }
}
