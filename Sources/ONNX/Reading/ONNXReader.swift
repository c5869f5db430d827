import COnnxProto
import Files
import Graph

/// Reads ONNX files: models, and the values that stand beside them in test folders.
///
/// Nothing here validates more than is needed to build the IR; `Model.validate()` says whether it is a legal one.
public struct ONNXReader: Sendable {
  /// What a file may ask for at most.
  public var limits: ReaderLimits

  /// A reader with these limits.
  public init(limits: ReaderLimits = ReaderLimits()) { self.limits = limits }

  /// The model in the file at `path`, of any operator-set version, its external data mapped.
  ///
  /// - Throws: `ONNXError` saying what is wrong, and where in the file.
  public func model(path: String) throws(ONNXError) -> Model {
    try model(FileBytes(try map(path)), path: path)
  }

  /// The model in `bytes`, which its larger tensors view.
  ///
  /// - Parameter path: what errors call the file; external data is looked for in its folder.
  /// - Throws: `ONNXError` saying what is wrong, and where.
  public func model(_ bytes: FileBytes, path: String) throws(ONNXError) -> Model {
    let message = try UnpackedMessage(bytes, Descriptor.model, path: path, limits: limits)
    return try reader(path, message).model(message.view(as: Onnx__ModelProto.self).pointee)
  }

  /// The value in a `.pb` file of a test folder.
  ///
  /// - Parameter type: says whether a `TensorProto`, `SequenceProto`, `OptionalProto` or `MapProto` is meant.
  /// - Throws: `ONNXError` saying what is wrong, and where in the file.
  public func value(path: String, as type: ValueType) throws(ONNXError) -> RuntimeValue {
    let file = try map(path)
    switch type {
    case .tensor:
      let message = try unpack(file, Descriptor.tensor)
      return .tensor(try reader(path, message).tensor(message.view(as: Onnx__TensorProto.self).pointee))
    case .sparseTensor:
      let message = try unpack(file, Descriptor.sparseTensor)
      return .sparseTensor(
        try reader(path, message).sparseTensor(message.view(as: Onnx__SparseTensorProto.self).pointee))
    case .sequence(let element):
      let message = try unpack(file, Descriptor.sequence)
      return try reader(path, message).sequence(
        message.view(as: Onnx__SequenceProto.self).pointee, element: element)
    case .optional(let element):
      let message = try unpack(file, Descriptor.optional)
      return try reader(path, message).optional(
        message.view(as: Onnx__OptionalProto.self).pointee, element: element)
    case .map:
      let message = try unpack(file, Descriptor.map)
      return try reader(path, message).map(message.view(as: Onnx__MapProto.self).pointee)
    }
  }

  /// The tensor in a `.pb` file, with its name.
  ///
  /// - Throws: `ONNXError` saying what is wrong, and where in the file.
  public func tensor(path: String) throws(ONNXError) -> (name: String, tensor: Tensor) {
    let message = try unpack(try map(path), Descriptor.tensor)
    let proto = message.view(as: Onnx__TensorProto.self).pointee
    return (text(proto.name), try reader(path, message).tensor(proto))
  }

  private func map(_ path: String) throws(ONNXError) -> MappedFile {
    do { return try MappedFile(path: path) } catch { throw .file(error) }
  }

  private func unpack(
    _ file: MappedFile, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(ONNXError) -> UnpackedMessage {
    try UnpackedMessage(FileBytes(file), descriptor, path: file.path, limits: limits)
  }

  private func reader(_ path: String, _ message: UnpackedMessage) -> ProtoReader {
    ProtoReader(path: path, owner: message, external: ExternalData(modelPath: path, limits: limits))
  }
}

/// The descriptors that protoc-c wrote. A C constant has no address in Swift; an initialised message points to it.
enum Descriptor {
  static var model: UnsafePointer<ProtobufCMessageDescriptor> {
    var message = Onnx__ModelProto()
    onnx__model_proto__init(&message)
    return message.base.descriptor
  }
  static var tensor: UnsafePointer<ProtobufCMessageDescriptor> {
    var message = Onnx__TensorProto()
    onnx__tensor_proto__init(&message)
    return message.base.descriptor
  }
  static var sparseTensor: UnsafePointer<ProtobufCMessageDescriptor> {
    var message = Onnx__SparseTensorProto()
    onnx__sparse_tensor_proto__init(&message)
    return message.base.descriptor
  }
  static var sequence: UnsafePointer<ProtobufCMessageDescriptor> {
    var message = Onnx__SequenceProto()
    onnx__sequence_proto__init(&message)
    return message.base.descriptor
  }
  static var optional: UnsafePointer<ProtobufCMessageDescriptor> {
    var message = Onnx__OptionalProto()
    onnx__optional_proto__init(&message)
    return message.base.descriptor
  }
  static var map: UnsafePointer<ProtobufCMessageDescriptor> {
    var message = Onnx__MapProto()
    onnx__map_proto__init(&message)
    return message.base.descriptor
  }
}
