import COnnxProto
import Graph

/// Memory for the C messages of one model, freed together; tensors whose bytes they point at stay alive too.
///
/// This is the one place where pointers outlive a closure: they live exactly as long as the arena.
final class ProtoArena {
  private var blocks: [UnsafeMutableRawPointer] = []
  private var tensors: [Tensor] = []
  private var sources: [Field: Source] = [:]

  /// A byte field, as protobuf-c sees it.
  private struct Field: Hashable {
    let address: UnsafeRawPointer
    let count: Int
  }

  /// What a byte field is to hold.
  struct Source {
    let tensor: Tensor
    /// What the tensors are called that share these bytes.
    var names: [String]
  }

  /// One zeroed message, initialised by protoc-c's function.
  func make<Message>(_ message: Message, _ initialize: (UnsafeMutablePointer<Message>) -> Void)
    -> UnsafeMutablePointer<Message>
  {
    let pointer: UnsafeMutablePointer<Message> = allocate(1)
    pointer.initialize(to: message)
    initialize(pointer)
    return pointer
  }

  /// Room for `count` items.
  func allocate<Item>(_ count: Int) -> UnsafeMutablePointer<Item> {
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count * MemoryLayout<Item>.stride), alignment: max(16, MemoryLayout<Item>.alignment))
    blocks.append(block)
    return block.bindMemory(to: Item.self, capacity: count)
  }

  /// The items as a C array.
  func array<Item>(_ items: [Item]) -> UnsafeMutablePointer<Item>? {
    if items.isEmpty { return nil }
    let pointer: UnsafeMutablePointer<Item> = allocate(items.count)
    pointer.initialize(from: items, count: items.count)
    return pointer
  }

  /// The messages as a C array of pointers.
  func list<Message>(_ items: [UnsafeMutablePointer<Message>]) -> UnsafeMutablePointer<
    UnsafeMutablePointer<Message>?
  >? {
    array(items.map { Optional($0) })
  }

  /// The text as a C string.
  func string(_ text: String) -> UnsafeMutablePointer<CChar> {
    let utf8 = Array(text.utf8CString)
    let pointer: UnsafeMutablePointer<CChar> = allocate(utf8.count)
    pointer.initialize(from: utf8, count: utf8.count)
    return pointer
  }

  /// The text as a C string, or a null pointer, which leaves the field out, where it is empty.
  func optionalString(_ text: String) -> UnsafeMutablePointer<CChar>? { text.isEmpty ? nil : string(text) }

  /// The texts as a C array of C strings.
  func strings(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    array(texts.map { Optional(string($0)) })
  }

  /// The text as a byte field.
  func bytes(_ text: String) -> ProtobufCBinaryData {
    let utf8 = Array(text.utf8)
    return ProtobufCBinaryData(len: utf8.count, data: array(utf8))
  }

  /// The bytes of `tensor`, called `name`, as a byte field, not copied; an address that stands for them where they are
  /// yet to be made.
  func bytes(of tensor: Tensor, name: String) -> ProtobufCBinaryData {
    if tensor.isDeferred {
      let place: UnsafeMutablePointer<UInt8> = allocate(1)
      sources[Field(address: place, count: tensor.byteCount)] = Source(tensor: tensor, names: [name])
      return ProtobufCBinaryData(len: tensor.byteCount, data: place)
    }
    tensors.append(tensor)
    return tensor.withBytes { bytes in
      if let base = bytes.baseAddress {
        sources[Field(address: base, count: bytes.count), default: Source(tensor: tensor, names: [])]
          .names.append(name)
      }
      return ProtobufCBinaryData(
        len: bytes.count,
        data: UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)))
    }
  }

  /// The tensor that a field's `bytes` are, or stand for.
  func source(of bytes: UnsafeRawBufferPointer) -> Source? {
    bytes.baseAddress.flatMap { sources[Field(address: $0, count: bytes.count)] }
  }

  deinit { for block in blocks { block.deallocate() } }
}
