/// A message's bytes without its tensors' larger `raw_data`, which protobuf-c would copy. In its place stands the field
/// `segment`, which no file may have (no version of the standard defined it): from which byte of the source to which.
///
/// `WireCheck` tells it of every message that begins and ends and of every `raw_data`, in the order of the file.
/// Lengths of the messages around are set right where they stand; they stay as many bytes long as they were, as the
/// encoding allows (a varint may have leading zeros).
struct TensorDataLift {
  private let source: UnsafeRawBufferPointer
  private var rest: [UInt8] = []
  // How much of the source is in `rest` or lifted out.
  private var done = 0

  /// Shorter data stays where it is: what stands in its place must not be longer.
  static let leastBytes = 64

  /// A message whose length has to be set right if something in it is lifted out.
  struct Enclosing {
    /// Where in the rest the length stands, and in how many bytes.
    fileprivate let lengthOffset: Int
    fileprivate let lengthBytes: Int
    fileprivate let payload: Int
    fileprivate var removed = 0
  }

  init(source: UnsafeRawBufferPointer) { self.source = source }

  /// A message of `payload` bytes begins, whose length is encoded at `length` of the source.
  func open(length: Range<Int>, payload: Int) -> Enclosing {
    // Nothing between here and the first byte that is lifted out of this message changes its place.
    Enclosing(
      lengthOffset: rest.count + length.lowerBound - done, lengthBytes: length.count, payload: payload)
  }

  /// `message` ends; the one around it is shorter by as much.
  mutating func close(_ message: Enclosing, in outer: inout Enclosing) {
    guard message.removed > 0 else { return }
    var left = message.payload - message.removed
    for index in 0..<message.lengthBytes {
      rest[message.lengthOffset + index] = UInt8(left & 0x7F) | (index + 1 < message.lengthBytes ? 0x80 : 0)
      left >>= 7
    }
    outer.removed += message.removed
  }

  /// Lifts out the field at `field` of the source, a `raw_data` directly in `message` whose bytes are at `payload`.
  mutating func lift(_ payload: Range<Int>, field: Range<Int>, from message: inout Enclosing) {
    guard payload.count >= Self.leastBytes else { return }
    rest += source[done..<field.lowerBound]
    let before = rest.count
    // TensorProto.segment = 3, Segment.begin = 1, Segment.end = 2.
    rest += [3 << 3 | 2, 0]
    for (number, offset) in [(1, payload.lowerBound), (2, payload.upperBound)] {
      rest.append(UInt8(number << 3))
      append(varint: offset)
    }
    rest[before + 1] = UInt8(rest.count - before - 2)
    message.removed += field.count - (rest.count - before)
    done = field.upperBound
  }

  private mutating func append(varint value: Int) {
    var left = value
    while left >= 0x80 {
      rest.append(UInt8(left & 0x7F) | 0x80)
      left >>= 7
    }
    rest.append(UInt8(left))
  }

  /// Calls `body` with the message's bytes, which are the source's own where nothing was lifted.
  mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    if done == 0 { return try body(source) }
    rest += source[done...]
    done = source.count
    return try rest.withUnsafeBytes { try body($0) }
  }
}
