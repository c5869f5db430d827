import COnnxProto
import Graph

extension ProtoWriter {
  func value(_ value: Value) -> UnsafeMutablePointer<Onnx__ValueInfoProto> {
    let proto = arena.make(Onnx__ValueInfoProto()) { onnx__value_info_proto__init($0) }
    proto.pointee.name = arena.string(value.name)
    proto.pointee.doc_string = arena.optionalString(value.documentation)
    proto.pointee.type = value.type.map(type)
    return proto
  }

  func type(_ type: ValueType) -> UnsafeMutablePointer<Onnx__TypeProto> {
    let proto = arena.make(Onnx__TypeProto()) { onnx__type_proto__init($0) }
    switch type {
    case .tensor(let element, let shape):
      let inner = arena.make(Onnx__TypeProto__Tensor()) { onnx__type_proto__tensor__init($0) }
      (inner.pointee.has_elem_type, inner.pointee.elem_type) = (1, element.rawValue)
      inner.pointee.shape = shape.map(self.shape)
      proto.pointee.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
      proto.pointee.tensor_type = inner
    case .sparseTensor(let element, let shape):
      let inner = arena.make(Onnx__TypeProto__SparseTensor()) { onnx__type_proto__sparse_tensor__init($0) }
      (inner.pointee.has_elem_type, inner.pointee.elem_type) = (1, element.rawValue)
      inner.pointee.shape = shape.map(self.shape)
      proto.pointee.value_case = ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE
      proto.pointee.sparse_tensor_type = inner
    case .sequence(let element):
      let inner = arena.make(Onnx__TypeProto__Sequence()) { onnx__type_proto__sequence__init($0) }
      inner.pointee.elem_type = self.type(element)
      proto.pointee.value_case = ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE
      proto.pointee.sequence_type = inner
    case .optional(let element):
      let inner = arena.make(Onnx__TypeProto__Optional()) { onnx__type_proto__optional__init($0) }
      inner.pointee.elem_type = self.type(element)
      proto.pointee.value_case = ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE
      proto.pointee.optional_type = inner
    case .map(let key, let value):
      let inner = arena.make(Onnx__TypeProto__Map()) { onnx__type_proto__map__init($0) }
      (inner.pointee.has_key_type, inner.pointee.key_type) = (1, key.rawValue)
      inner.pointee.value_type = self.type(value)
      proto.pointee.value_case = ONNX__TYPE_PROTO__VALUE_MAP_TYPE
      proto.pointee.map_type = inner
    }
    return proto
  }

  private func shape(_ shape: Shape) -> UnsafeMutablePointer<Onnx__TensorShapeProto> {
    let proto = arena.make(Onnx__TensorShapeProto()) { onnx__tensor_shape_proto__init($0) }
    let dimensions = shape.dimensions.map { dimension in
      let item = arena.make(Onnx__TensorShapeProto__Dimension()) {
        onnx__tensor_shape_proto__dimension__init($0)
      }
      switch dimension {
      case .fixed(let extent):
        item.pointee.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
        item.pointee.dim_value = Int64(extent)
      case .symbolic(let expression):
        item.pointee.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
        item.pointee.dim_param = arena.string(expression.description)
      case .unknown: break
      }
      return item
    }
    (proto.pointee.n_dim, proto.pointee.dim) = (dimensions.count, arena.list(dimensions))
    return proto
  }
}
