import COnnxProto
import Graph

extension ProtoWriter {
  /// The tensor, its bytes pointed at, not copied; in external data where `external` has a place for it.
  func tensor(
    _ tensor: Tensor, name: String, external: ExternalDataLayout?
  ) throws(ONNXError) -> UnsafeMutablePointer<Onnx__TensorProto> {
    let proto = arena.make(Onnx__TensorProto()) { onnx__tensor_proto__init($0) }
    proto.pointee.name = arena.optionalString(name)
    (proto.pointee.has_data_type, proto.pointee.data_type) = (1, tensor.elementType.rawValue)
    (proto.pointee.n_dims, proto.pointee.dims) = (tensor.rank, arena.array(tensor.shape.map(Int64.init)))
    if tensor.elementType == .string {
      let strings: [String]
      do { strings = try tensor.strings() } catch { throw .unwritable("tensor '\(name)': \(error)") }
      proto.pointee.n_string_data = strings.count
      proto.pointee.string_data = arena.array(strings.map { arena.bytes($0) })
    } else if let place = external?.place(of: name) {
      (proto.pointee.has_data_location, proto.pointee.data_location) = (
        1, ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
      )
      let entries = [
        ("location", external?.location ?? ""), ("offset", "\(place.lowerBound)"),
        ("length", "\(place.count)"),
      ].map { key, value in
        let entry = arena.make(Onnx__StringStringEntryProto()) { onnx__string_string_entry_proto__init($0) }
        entry.pointee.key = arena.string(key)
        entry.pointee.value = arena.string(value)
        return entry
      }
      (proto.pointee.n_external_data, proto.pointee.external_data) = (entries.count, arena.list(entries))
    } else if tensor.elementType.isSixBitFloat {
      let packed = tensor.packedSixBitFloats()
      proto.pointee.has_raw_data = 1
      proto.pointee.raw_data = ProtobufCBinaryData(len: packed.count, data: arena.array(packed))
    } else {
      proto.pointee.has_raw_data = 1
      proto.pointee.raw_data = arena.bytes(of: tensor, name: name)
    }
    return proto
  }

  func sparseTensor(
    _ sparse: SparseTensor, name: String
  ) throws(ONNXError) -> UnsafeMutablePointer<Onnx__SparseTensorProto> {
    let proto = arena.make(Onnx__SparseTensorProto()) { onnx__sparse_tensor_proto__init($0) }
    proto.pointee.values = try tensor(sparse.values, name: name, external: nil)
    proto.pointee.indices = try tensor(sparse.indices, name: "", external: nil)
    (proto.pointee.n_dims, proto.pointee.dims) = (
      sparse.shape.count, arena.array(sparse.shape.map(Int64.init))
    )
    return proto
  }
}
