import COnnxProto
import Graph
import OrderedCollections

/// Values as files of their own (onnx-data.proto).
extension ProtoWriter {
  /// A value as the message that test folders hold it in.
  func message(_ value: RuntimeValue, name: String) throws(ONNXError) -> UnsafeMutablePointer<
    ProtobufCMessage
  > {
    switch value {
    case .tensor(let tensor): return erased(try self.tensor(tensor, name: name, external: nil))
    case .sparseTensor(let sparse): return erased(try sparseTensor(sparse, name: name))
    case .sequence(let items, let element): return erased(try sequence(items, element, name: name))
    case .optional(let item, let element): return erased(try optional(item, element, name: name))
    case .map(let items, let key, _): return erased(try map(items, key, name: name))
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
    var maps: [UnsafeMutablePointer<Onnx__MapProto>] = []
    for item in items {
      switch item {
      case .tensor(let tensor): tensors.append(try self.tensor(tensor, name: "", external: nil))
      case .sequence(let inner, let type): sequences.append(try sequence(inner, type, name: ""))
      case .map(let inner, let key, _): maps.append(try map(inner, key, name: ""))
      default: throw .unwritable("value '\(name)': a sequence of \(element) can't be written")
      }
    }
    // SequenceProto.DataType: 1 tensor, 3 sequence, 4 map.
    let kind: Int32 =
      switch element {
      case .sequence: 3
      case .map: 4
      default: 1
      }
    (proto.pointee.has_elem_type, proto.pointee.elem_type) = (1, kind)
    (proto.pointee.n_map_values, proto.pointee.map_values) = (maps.count, arena.list(maps))
    (proto.pointee.n_tensor_values, proto.pointee.tensor_values) = (tensors.count, arena.list(tensors))
    (proto.pointee.n_sequence_values, proto.pointee.sequence_values) = (
      sequences.count, arena.list(sequences)
    )
    return proto
  }

  private func map(
    _ items: OrderedDictionary<RuntimeValue.MapKey, RuntimeValue>, _ key: ElementType, name: String
  ) throws(ONNXError) -> UnsafeMutablePointer<Onnx__MapProto> {
    let proto = arena.make(Onnx__MapProto()) { onnx__map_proto__init($0) }
    proto.pointee.name = arena.optionalString(name)
    (proto.pointee.has_key_type, proto.pointee.key_type) = (1, key.rawValue)
    var (numbers, texts): ([Int64], [ProtobufCBinaryData]) = ([], [])
    for item in items.keys {
      switch item {
      case .int(let number): numbers.append(number)
      case .string(let text): texts.append(arena.bytes(text))
      }
    }
    (proto.pointee.n_keys, proto.pointee.keys) = (numbers.count, arena.array(numbers))
    (proto.pointee.n_string_keys, proto.pointee.string_keys) = (texts.count, arena.array(texts))
    proto.pointee.values = try sequence(Array(items.values), .tensor(.float32, nil), name: "")
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
