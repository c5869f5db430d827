/// PyTorch's rebuilding functions (`torch/_utils.py`, `torch/_tensor.py`).
extension Constructors {
  static let torch: [String: Constructor] = {
    var table: [String: Constructor] = [
      "torch._utils._rebuild_tensor": tensor, "torch._utils._rebuild_tensor_v2": tensor,
      "torch._utils._rebuild_tensor_v3": typedTensor, "torch._utils._rebuild_qtensor": quantizedTensor,
      "torch._utils._rebuild_parameter": parameter,
      "torch._utils._rebuild_parameter_with_state": parameter,
      "torch.nn.parameter.Parameter": parameter, "torch.nn.parameter.Buffer": wrapped,
      "torch.autograd.variable.Variable": wrapped, "torch.Tensor": wrapped,
      "torch._tensor._rebuild_from_type": fromType, "torch._tensor._rebuild_from_type_v2": fromType,
      "torch._utils._rebuild_device_tensor_from_numpy": wrapped,
      "torch._utils._rebuild_device_tensor_from_cpu_tensor": wrapped,
      "torch._utils._rebuild_xla_tensor": wrapped,
      "torch._utils._rebuild_sparse_tensor": sparse, "torch._utils._rebuild_sparse_csr_tensor": sparse,
      "torch._utils._rebuild_nested_tensor": refused("it is a nested tensor"),
      "torch._utils._rebuild_wrapper_subclass": refused("it wraps other tensors"),
      "torch._utils._rebuild_meta_tensor_no_storage": meta,
      "torch.Size": size, "torch.storage._load_from_bytes": nestedFile,
    ]
    for name in ["torch.device", "torch.serialization._get_layout"] { table[name] = opaque }
    for element in ["int", "double", "bool", "tensor"] {
      table["torch.jit._pickle.build_\(element)list"] = sequence(.list)
    }
    table["torch.jit._pickle.restore_type_tag"] = tagged
    return table
  }()

  /// `(storage, offset, size, stride[, requires_grad, hooks[, metadata]])`.
  private static let tensor: Constructor = { (machine, name, arguments) throws(PickleError) in
    var tensor = try machine.tensor(name, arguments, type: nil)
    if arguments.count > 6 { tensor.signs = machine.signChanges(arguments[6]) }
    return .tensor(tensor)
  }

  /// `(storage, offset, size, stride, requires_grad, hooks, dtype[, metadata])` over an untyped storage.
  private static let typedTensor: Constructor = { (machine, name, arguments) throws(PickleError) in
    let type = try machine.argument(6, arguments, of: name)
    guard let global = machine.heap.globalName(type), let known = TorchType(global: global) else {
      throw machine.badArguments(name, "\(machine.heap[type].kind) is no known dtype")
    }
    var tensor = try machine.tensor(name, arguments, type: known)
    if arguments.count > 7 { tensor.signs = machine.signChanges(arguments[7]) }
    return .tensor(tensor)
  }

  /// `(storage, offset, size, stride, (scheme, scale, zero point[, axis]), …)`.
  private static let quantizedTensor: Constructor = { (machine, name, arguments) throws(PickleError) in
    var tensor = try machine.tensor(name, arguments, type: nil)
    let quantizer = machine.heap.tuple(try machine.argument(4, arguments, of: name)) ?? []
    let scheme = quantizer.first.flatMap { machine.heap.globalName($0) }
    if scheme == "torch.per_tensor_affine", quantizer.count >= 3, let scale = machine.heap.real(quantizer[1]),
      let zeroPoint = machine.heap.integer(quantizer[2])
    {
      tensor.quantization = .perTensor(scale: scale, zeroPoint: Int64(zeroPoint))
    } else if scheme == "torch.per_channel_affine", quantizer.count >= 4,
      let axis = machine.heap.integer(quantizer[3]), case .tensor = machine.heap[quantizer[1]],
      case .tensor = machine.heap[quantizer[2]]
    {
      tensor.quantization = .perChannel(scales: quantizer[1], zeroPoints: quantizer[2], axis: axis)
    } else {
      tensor.refusal = "it is quantized by the scheme '\(scheme ?? "unknown")'"
    }
    return .tensor(tensor)
  }

  /// A tensor as its first argument, marked as a parameter.
  private static let parameter: Constructor = { (machine, name, arguments) throws(PickleError) in
    guard let first = arguments.first else {
      return machine.opaque(name, arguments)  // An uninitialized parameter has no data yet.
    }
    guard case .tensor(var tensor) = machine.heap[first] else {
      throw machine.badArguments(name, "\(machine.heap[first].kind) where a tensor is needed")
    }
    tensor.isParameter = true
    return .tensor(tensor)
  }

  /// A tensor as its first argument.
  private static let wrapped: Constructor = { (machine, name, arguments) throws(PickleError) in
    let first = try machine.argument(0, arguments, of: name)
    guard case .tensor(let tensor) = machine.heap[first] else {
      throw machine.badArguments(name, "\(machine.heap[first].kind) where a tensor is needed")
    }
    return .tensor(tensor)
  }

  /// `(function, subclass, arguments, state)`: a tensor subclass, read as the tensor that it is.
  private static let fromType: Constructor = { (machine, name, arguments) throws(PickleError) in
    let callee = try machine.argument(0, arguments, of: name)
    return try machine.callByName(callee, try machine.argument(2, arguments, of: name))
  }

  /// `(layout, (indices, values, size, …))`.
  private static let sparse: Constructor = { (machine, name, arguments) throws(PickleError) in
    let data = machine.heap.tuple(try machine.argument(1, arguments, of: name)) ?? []
    var shape: [Int] = []
    var type = TorchType.float32
    for id in data.prefix(4) {
      if case .tensor(let part) = machine.heap[id] { type = part.type }
      shape = machine.dimensions(id) ?? shape
    }
    var node = TensorNode(storage: nil, type: type, shape: shape, strides: [])
    node.refusal = "it is sparse"
    return .tensor(node)
  }

  /// `(dtype, size, stride, requires_grad)`.
  private static let meta: Constructor = { (machine, name, arguments) throws(PickleError) in
    let type = machine.heap.globalName(try machine.argument(0, arguments, of: name)).flatMap(
      TorchType.init(global:))
    let shape = machine.dimensions(try machine.argument(1, arguments, of: name)) ?? []
    var node = TensorNode(storage: nil, type: type ?? .float32, shape: shape, strides: [])
    node.refusal = "it was saved from the 'meta' device, without numbers"
    return .tensor(node)
  }

  /// `(value, type)`: TorchScript's containers with the type that it would lose otherwise.
  private static let tagged: Constructor = { (machine, name, arguments) throws(PickleError) in
    let first = machine.heap[try machine.argument(0, arguments, of: name)]
    switch first {
    case .sequence(_, let items): try machine.charge(items.count)
    case .dictionary(let dictionary): try machine.charge(dictionary.entries.count)
    default: break
    }
    return first
  }

  /// A storage inside a whole file of its own, which is how plain `pickle.dump` writes tensors.
  private static let nestedFile: Constructor = { (machine, name, arguments) throws(PickleError) in
    guard let bytes = machine.heap.bytes(try machine.argument(0, arguments, of: name)), machine.depth == 0
    else { throw machine.badArguments(name, "no file, or a file inside a file inside a file") }
    do {
      let nested = try TorchLegacy.read(bytes, path: "storage", limits: machine.limits, depth: 1)
      guard case .storage(let index) = nested.heap[nested.root],
        case .bytes(let contents) = nested.storages[index].source
      else { throw machine.badArguments(name, "a file that holds no storage") }
      var node = nested.heap.storages[index]
      node.inline = contents
      machine.heap.storages.append(node)
      return .storage(machine.heap.storages.count - 1)
    } catch let error as PickleError {
      throw error
    } catch {
      throw machine.badArguments(name, "\(error)")
    }
  }

  private static func refused(_ reason: String) -> Constructor {
    { (_, _, _) throws(PickleError) in
      var node = TensorNode(storage: nil, type: .float32, shape: [], strides: [])
      node.refusal = reason
      return .tensor(node)
    }
  }

  /// `torch.Size([…])`, a tuple of integers.
  private static let size: Constructor = { (machine, name, arguments) throws(PickleError) in
    guard let first = arguments.first else { return .sequence(.tuple, []) }
    guard let items = machine.heap.sequence(first) else {
      throw machine.badArguments(name, "\(machine.heap[first].kind) where a list is needed")
    }
    return .sequence(.tuple, items)
  }
}

extension PickleMachine {
  /// What a tensor's metadata, such as `{'conj': True}`, says of signs.
  fileprivate func signChanges(_ metadata: NodeID) -> SignChanges {
    guard case .dictionary(let node) = heap[metadata] else { return [] }
    var result: SignChanges = []
    for index in stride(from: 0, to: node.entries.count - 1, by: 2) {
      guard case .bool(true) = heap[node.entries[index + 1]] else { continue }
      if heap.string(node.entries[index]) == "conj" { result.insert(.conjugate) }
      if heap.string(node.entries[index]) == "neg" { result.insert(.negative) }
    }
    return result
  }

  /// The dense tensor that `(storage, offset, size, stride, …)` describes.
  fileprivate func tensor(
    _ name: String, _ arguments: [NodeID], type: TorchType?
  ) throws(PickleError) -> TensorNode {
    let storageID = try argument(0, arguments, of: name)
    guard case .storage(let storage) = heap[storageID] else {
      throw badArguments(name, "\(heap[storageID].kind) where a storage is needed")
    }
    guard let offset = heap.integer(try argument(1, arguments, of: name)), offset >= 0,
      let shape = dimensions(try argument(2, arguments, of: name)),
      let strides = dimensions(try argument(3, arguments, of: name)), strides.count == shape.count
    else { throw badArguments(name, "offset, size and stride don't describe a tensor") }
    guard let type = type ?? heap.storages[storage].type else {
      throw badArguments(name, "an untyped storage where a typed one is needed")
    }
    return TensorNode(storage: storage, type: type, offset: offset, shape: shape, strides: strides)
  }
}
