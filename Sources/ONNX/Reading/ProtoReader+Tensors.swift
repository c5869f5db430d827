import COnnxProto
import Graph

extension ProtoReader {
  /// The tensor, viewing the file's bytes, the unpacked message's or external data where it can.
  func tensor(_ proto: Onnx__TensorProto) throws(ONNXError) -> Tensor {
    let name = text(proto.name)
    do {
      return try tensor(proto, name: name)
    } catch let error as ONNXError {
      throw error
    } catch {
      throw .tensor(path: path, name: name, reason: "\(error)")
    }
  }

  func sparseTensor(_ proto: Onnx__SparseTensorProto) throws(ONNXError) -> SparseTensor {
    let name = text(proto.values?.pointee.name)
    guard let values = proto.values, let indices = proto.indices else {
      throw .tensor(path: path, name: name, reason: "a sparse tensor without values or indices")
    }
    return SparseTensor(
      values: try tensor(values.pointee), indices: try tensor(indices.pointee),
      shape: UnsafeBufferPointer(start: proto.dims, count: proto.n_dims).map { Int($0) })
  }

  private func tensor(_ proto: Onnx__TensorProto, name: String) throws -> Tensor {
    func failure(_ reason: String) -> ONNXError { .tensor(path: path, name: name, reason: reason) }
    guard let type = ElementType(rawValue: proto.data_type) else {
      throw failure("element type \(proto.data_type) is not known")
    }
    let shape = UnsafeBufferPointer(start: proto.dims, count: proto.n_dims).map { Int($0) }
    let count = try Tensor.elementCount(of: shape)
    if proto.data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL {
      var entries: [String: String] = [:]
      for item in list(proto.n_external_data, proto.external_data) {
        entries[text(item.pointee.key)] = text(item.pointee.value)
      }
      if type == .string { throw failure("strings can't be external data") }
      return try external.tensor(name: name, entries: entries, elementType: type, shape: shape)
    }
    if let data = owner.rawData(of: proto) {
      if type == .string { throw failure("strings can't be raw data") }
      return try Tensor(storing: data.bytes, owner: data.owner, elementType: type, shape: shape)
    }
    // Typed fields: which one holds which type, and how, is laid down beside each field in onnx.proto.
    func whole<Item>(_ items: UnsafeMutablePointer<Item>?, _ found: Int, _ perElement: Int = 1) throws
      -> Tensor
    {
      guard found == count * perElement else {
        throw failure("shape \(shape) needs \(count * perElement) values, found \(found)")
      }
      return try Tensor(
        copying: UnsafeRawBufferPointer(UnsafeBufferPointer(start: items, count: found)), elementType: type,
        shape: shape)
    }
    switch type {
    case .float32: return try whole(proto.float_data, proto.n_float_data)
    case .complex64: return try whole(proto.float_data, proto.n_float_data, 2)
    case .float64: return try whole(proto.double_data, proto.n_double_data)
    case .complex128: return try whole(proto.double_data, proto.n_double_data, 2)
    case .int64: return try whole(proto.int64_data, proto.n_int64_data)
    case .uint64: return try whole(proto.uint64_data, proto.n_uint64_data)
    case .int32: return try whole(proto.int32_data, proto.n_int32_data)
    case .uint32:
      let values = UnsafeBufferPointer(start: proto.uint64_data, count: proto.n_uint64_data)
      return try Tensor(values.map { UInt32(truncatingIfNeeded: $0) }, shape: shape)
    case .string:
      return try Tensor(
        strings: UnsafeBufferPointer(start: proto.string_data, count: proto.n_string_data).map { text($0) },
        shape: shape)
    default:
      let words = UnsafeBufferPointer(start: proto.int32_data, count: proto.n_int32_data)
      let bits = type.bitWidth ?? 8
      // Narrow types take one word an element, packed ones a word per byte of the packed form.
      if bits == 16 {
        let halves = words.map { UInt16(truncatingIfNeeded: $0) }
        return try halves.withUnsafeBytes { try Tensor(copying: $0, elementType: type, shape: shape) }
      }
      let bytes = words.map { UInt8(truncatingIfNeeded: $0) }
      return try bytes.withUnsafeBytes { try Tensor(copying: $0, elementType: type, shape: shape) }
    }
  }
}
