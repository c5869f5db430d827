import COnnxProto
import Files

/// A message that protobuf-c unpacked, and the file's bytes, which its larger tensors view.
///
/// The message is never written after unpacking, so sharing it between threads is safe.
final class UnpackedMessage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<ProtobufCMessage>
  private let file: FileBytes

  /// Checks and unpacks `file`, but for the data of its tensors.
  init(
    _ file: FileBytes, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, path: String,
    limits: ReaderLimits
  ) throws(ONNXError) {
    if file.count > limits.totalBytes {
      throw .limit(path: path, what: "the file's size", found: file.count, allowed: limits.totalBytes)
    }
    let message = try file.withBytes { bytes, _ throws(ONNXError) in
      var check = WireCheck(path: path, bytes: bytes, limits: limits)
      try check.run(descriptor)
      return check.withLifted { bytes in
        protobuf_c_message_unpack(
          descriptor, nil, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      }
    }
    guard let message else {
      throw .malformed(
        path: path, field: "the file", offset: 0,
        reason: "fields of the wrong kind, or a required one missing,")
    }
    pointer = message
    self.file = file
  }

  /// The data of `tensor`, with what keeps it alive: a part of the file, or of this message. `nil` where the tensor has
  /// none of that kind.
  func rawData(of tensor: Onnx__TensorProto) -> (
    bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable
  )? {
    if let place = tensor.segment?.pointee {
      let (begin, end) = (Int(place.begin), Int(place.end))
      return file.slice(offset: begin, length: end - begin)?.withBytes { ($0, $1) }
    }
    guard tensor.has_raw_data != 0 else { return nil }
    return (UnsafeRawBufferPointer(start: tensor.raw_data.data, count: tensor.raw_data.len), self)
  }

  /// The message as the C type that its descriptor describes.
  func view<Message>(as type: Message.Type) -> UnsafeMutablePointer<Message> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Message.self)
  }

  deinit { protobuf_c_message_free_unpacked(pointer, nil) }
}

/// Access to protobuf-c's pairs of count and pointer. No array, whose type would have to be made for each kind of
/// message while a program starts.
func list<Item>(_ count: Int, _ items: UnsafeMutablePointer<UnsafeMutablePointer<Item>?>?) -> MessageList<
  Item
> {
  MessageList(items: UnsafeBufferPointer(start: items, count: items == nil ? 0 : count))
}

/// The messages of a repeated field, in order.
struct MessageList<Item>: Sequence, IteratorProtocol {
  fileprivate let items: UnsafeBufferPointer<UnsafeMutablePointer<Item>?>
  private var index = 0

  fileprivate init(items: UnsafeBufferPointer<UnsafeMutablePointer<Item>?>) { self.items = items }

  mutating func next() -> UnsafeMutablePointer<Item>? {
    while index < items.count {
      defer { index += 1 }
      if let item = items[index] { return item }
    }
    return nil
  }
}

/// A C string's text, empty where there is none; invalid UTF-8 is repaired.
func text(_ string: UnsafeMutablePointer<CChar>?) -> String { string.map { String(cString: $0) } ?? "" }

/// A byte field's text; invalid UTF-8 is repaired.
func text(_ data: ProtobufCBinaryData) -> String {
  String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
}
