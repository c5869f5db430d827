import Files
import Graph

/// NumPy's arrays, scalars and dtypes, as `numpy.core.multiarray` writes them.
extension Constructors {
  static let numpy: [String: Constructor] = {
    var table: [String: Constructor] = [
      "numpy.core.multiarray._reconstruct": { (machine, name, arguments) throws(PickleError) in
        // The array itself comes with BUILD.
        .object(ObjectNode(className: "numpy.ndarray"))
      },
      "numpy.core.multiarray.scalar": scalar, "numpy.core.numeric._frombuffer": fromBuffer,
    ]
    let opaques = [
      "numpy.dtype", "numpy.random._pickle.__randomstate_ctor", "numpy.random._pickle.__generator_ctor",
      "numpy.random._pickle.__bit_generator_ctor",
    ]
    for name in opaques { table[name] = opaque }
    return table
  }()

  /// `scalar(dtype, bytes)`.
  private static let scalar: Constructor = { (machine, name, arguments) throws(PickleError) in
    let dtype = try machine.argument(0, arguments, of: name)
    guard let type = machine.numpyType(dtype), arguments.count > 1,
      let bytes = machine.heap.bytes(arguments[1])
    else { return machine.opaque(name, arguments) }
    guard type.element.byteCount(of: 1) == bytes.count else {
      throw machine.badArguments(name, "\(bytes.count) bytes for a scalar of type \(type.element.onnxName)")
    }
    let ordered = type.isBigEndian ? FileBytes(copying: bytes.array.reversed()) : bytes
    let tensor = try? ordered.withBytes { bytes, _ in
      try Tensor(copying: bytes, elementType: type.element, shape: [])
    }
    if type.element == .bool { return .bool(bytes[0] != 0) }
    if type.element.isInteger, let value = try? tensor?.integers().first { return .integer(value) }
    if let value = try? tensor?.doubles().first { return .real(value) }
    return machine.opaque(name, arguments)
  }

  /// `_frombuffer(bytes, dtype, shape, order)`, protocol 5's way.
  private static let fromBuffer: Constructor = { (machine, name, arguments) throws(PickleError) in
    guard arguments.count >= 4, let bytes = machine.heap.bytes(arguments[0]),
      let shape = machine.dimensions(arguments[2])
    else { throw machine.badArguments(name, "no buffer or no shape") }
    let isFortran = machine.heap.string(arguments[3]) == "F"
    return try machine.numpyTensor(bytes, dtype: arguments[1], shape: shape, isFortran: isFortran)
  }
}

extension PickleMachine {
  /// The array whose state BUILD gives: `(version, shape, dtype, is Fortran, bytes)`.
  mutating func numpyArray(_ state: NodeID) throws(PickleError) -> Node {
    let name = "numpy.ndarray"
    guard let parts = heap.tuple(state), parts.count == 5, let shape = dimensions(parts[1]) else {
      throw badArguments(name, "a state that is not (version, shape, dtype, order, data)")
    }
    let isFortran = heap.integer(parts[3]) == 1
    guard let bytes = heap.bytes(parts[4]) else {
      // An array of Python objects: a list instead of bytes.
      return .object(ObjectNode(className: name, state: state))
    }
    return try numpyTensor(bytes, dtype: parts[2], shape: shape, isFortran: isFortran)
  }

  fileprivate mutating func numpyTensor(
    _ bytes: FileBytes, dtype: NodeID, shape: [Int], isFortran: Bool
  ) throws(PickleError) -> Node {
    let name = "numpy.ndarray"
    guard let (element, isBigEndian) = numpyType(dtype), let type = TorchType(element) else {
      let arguments = heap.add(.sequence(.tuple, [dtype]))
      return .object(ObjectNode(className: name, arguments: arguments))
    }
    guard let count = try? Tensor.elementCount(of: shape), element.byteCount(of: count) == bytes.count else {
      throw badArguments(name, "\(bytes.count) bytes for shape \(shape) of type \(element.onnxName)")
    }
    var strides = [Int](repeating: 1, count: shape.count)
    if count > 0 {
      let fromInnermost = isFortran ? Array(shape.indices) : shape.indices.reversed()
      for (inner, axis) in zip(fromInnermost, fromInnermost.dropFirst()) {
        strides[axis] = strides[inner] * shape[inner]
      }
    }
    heap.storages.append(
      StorageNode(
        key: "numpy", type: type, count: count, inline: bytes, isBigEndian: isBigEndian))
    return .tensor(
      TensorNode(storage: heap.storages.count - 1, type: type, shape: shape, strides: strides))
  }

  /// The element type of a `numpy.dtype('f4', …)` and its byte order, which BUILD gives as `(3, '<', …)`.
  fileprivate func numpyType(_ id: NodeID) -> (element: ElementType, isBigEndian: Bool)? {
    let codes: [String: ElementType] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
      "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool, "c8": .complex64,
      "c16": .complex128,
    ]
    guard case .object(let dtype) = heap[id], dtype.className == "numpy.dtype",
      let arguments = dtype.arguments,
      let first = heap.tuple(arguments)?.first, let code = heap.string(first), let element = codes[code]
    else { return nil }
    let state = dtype.state.flatMap { heap.tuple($0) } ?? []
    return (element, state.count > 1 && heap.string(state[1]) == ">")
  }
}
