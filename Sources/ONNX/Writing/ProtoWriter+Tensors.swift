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
      proto.pointee.raw_data = arena.bytes(of: tensor)
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

  /// A value as the message that test folders hold it in.
  func message(_ value: RuntimeValue, name: String) throws(ONNXError) -> UnsafeMutablePointer<
    ProtobufCMessage
  > {
    switch value {
    case .tensor(let tensor): return erased(try self.tensor(tensor, name: name, external: nil))
    case .sparseTensor(let sparse): return erased(try sparseTensor(sparse, name: name))
    case .sequence(let items, let element): return erased(try sequence(items, element, name: name))
    case .optional(let item, let element): return erased(try optional(item, element, name: name))
    case .map: throw .unwritable("value '\(name)': maps can't be written")
    }
  }

  private func erased<Message>(_ pointer: UnsafeMutablePointer<Message>) -> UnsafeMutablePointer<
    ProtobufCMessage
  > {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: ProtobufCMessage.self)
  }

  private func sequence(
    _ items: [RuntimeValue], _ element: ValueType, name: String
  ) throws(ONNXError) -> UnsafeMutablePointer<Onnx__SequenceProto> {
    let proto = arena.make(Onnx__SequenceProto()) { onnx__sequence_proto__init($0) }
    proto.pointee.name = arena.optionalString(name)
    var tensors: [UnsafeMutablePointer<Onnx__TensorProto>] = []
    var sequences: [UnsafeMutablePointer<Onnx__SequenceProto>] = []
    for item in items {
      switch item {
      case .tensor(let tensor): tensors.append(try self.tensor(tensor, name: "", external: nil))
      case .sequence(let inner, let type): sequences.append(try sequence(inner, type, name: ""))
      default: throw .unwritable("value '\(name)': a sequence of \(element) can't be written")
      }
    }
    // SequenceProto.DataType: 1 tensor, 3 sequence.
    (proto.pointee.has_elem_type, proto.pointee.elem_type) = (1, sequences.isEmpty ? 1 : 3)
    (proto.pointee.n_tensor_values, proto.pointee.tensor_values) = (tensors.count, arena.list(tensors))
    (proto.pointee.n_sequence_values, proto.pointee.sequence_values) = (
      sequences.count, arena.list(sequences)
    )
    return proto
  }

  private func optional(
    _ item: RuntimeValue?, _ element: ValueType, name: String
  ) throws(ONNXError) -> UnsafeMutablePointer<Onnx__OptionalProto> {
    let proto = arena.make(Onnx__OptionalProto()) { onnx__optional_proto__init($0) }
    proto.pointee.name = arena.optionalString(name)
    proto.pointee.has_elem_type = 1
    switch item {
    case .tensor(let tensor)?:
      proto.pointee.elem_type = 1
      proto.pointee.tensor_value = try self.tensor(tensor, name: "", external: nil)
    case .sequence(let items, let type)?:
      proto.pointee.elem_type = 3
      proto.pointee.sequence_value = try sequence(items, type, name: "")
    case nil: proto.pointee.elem_type = 0
    default: throw .unwritable("value '\(name)': an optional of \(element) can't be written")
    }
    return proto
  }
}
