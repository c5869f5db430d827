import COnnxProto

/// A message that protobuf-c unpacked; tensors that view its bytes keep it as their owner.
///
/// The message is never written after unpacking, so sharing it between threads is safe.
final class UnpackedMessage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<ProtobufCMessage>

  /// Unpacks `bytes`, which `WireCheck` has passed.
  init(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, path: String,
    limits: ReaderLimits
  ) throws(ONNXError) {
    if bytes.count > limits.totalBytes {
      throw .limit(path: path, what: "the file's size", found: bytes.count, allowed: limits.totalBytes)
    }
    var check = WireCheck(path: path, bytes: bytes, limits: limits)
    try check.run(descriptor)
    guard
      let message = protobuf_c_message_unpack(
        descriptor, nil, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    else {
      throw .malformed(
        path: path, field: "the file", offset: 0,
        reason: "fields of the wrong kind, or a required one missing,")
    }
    pointer = message
  }

  /// The message as the C type that its descriptor describes.
  func view<Message>(as type: Message.Type) -> UnsafeMutablePointer<Message> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Message.self)
  }

  deinit { protobuf_c_message_free_unpacked(pointer, nil) }
}

/// Access to protobuf-c's pairs of count and pointer.
func list<Item>(_ count: Int, _ items: UnsafeMutablePointer<UnsafeMutablePointer<Item>?>?)
  -> [UnsafeMutablePointer<Item>]
{
  guard let items else { return [] }
  return (0..<count).compactMap { items[$0] }
}

/// A C string's text, empty where there is none; invalid UTF-8 is repaired.
func text(_ string: UnsafeMutablePointer<CChar>?) -> String { string.map { String(cString: $0) } ?? "" }

/// A byte field's text; invalid UTF-8 is repaired.
func text(_ data: ProtobufCBinaryData) -> String {
  String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
}
