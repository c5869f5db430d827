import COnnxProto

/// Walks a message's bytes before protobuf-c unpacks them: protobuf-c recurses without limit, and says only
/// that it failed, not where. It also copies every byte, so what tensors consist of is lifted out on the way.
struct WireCheck {
  let path: String
  let bytes: UnsafeRawBufferPointer
  let limits: ReaderLimits
  private var position = 0
  private var messages = 0
  private var lift: TensorDataLift

  /// The message being walked, and those around it, outermost first.
  private var levels: [Level] = []

  private struct Level {
    let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    let end: Int
    /// The field that it is of the message around it.
    let name: UnsafePointer<CChar>?
    var enclosing: TensorDataLift.Enclosing
    /// A bit for the number of each field that `once` has seen.
    var seen: UInt64 = 0
  }

  init(path: String, bytes: UnsafeRawBufferPointer, limits: ReaderLimits) {
    self.path = path
    self.bytes = bytes
    self.limits = limits
    lift = TensorDataLift(source: bytes)
  }

  /// Checks that the bytes are one whole message of `descriptor`'s kind within the limits.
  mutating func run(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) throws(ONNXError) {
    let tensor = Descriptor.tensor
    levels = [
      Level(
        descriptor: descriptor, end: bytes.count, name: nil,
        enclosing: lift.open(length: 0..<0, payload: bytes.count))
    ]
    while let level = levels.last {
      if position == level.end {
        levels.removeLast()
        if let outer = levels.indices.last { lift.close(level.enclosing, in: &levels[outer].enclosing) }
        continue
      }
      let start = position
      let tag = try varint(until: level.end)
      guard tag >> 3 > 0, tag >> 3 <= 0x1FFF_FFFF else {
        throw malformed(start, "field number 0 or out of range")
      }
      let field = Self.field(UInt32(tag >> 3), of: level.descriptor)
      switch tag & 7 {
      case 0: _ = try varint(until: level.end)
      case 1: try skip(8, until: level.end)
      case 5: try skip(4, until: level.end)
      case 2:
        let lengthOffset = position
        let length = try varint(until: level.end)
        let lengthBytes = lengthOffset..<position
        guard length <= UInt64(level.end - position) else {
          throw .truncated(
            path: path, field: name(of: field), offset: start, needed: Int(clamping: length),
            left: level.end - position)
        }
        let end = position + Int(length)
        guard let field else {
          position = end
          continue
        }
        if field.type == PROTOBUF_C_TYPE_STRING, Int(length) > limits.stringLength {
          throw .limit(
            path: path, what: "the length of \(name(of: field))", found: Int(length),
            allowed: limits.stringLength)
        }
        guard field.type == PROTOBUF_C_TYPE_MESSAGE, let inner = field.descriptor else {
          if level.descriptor == tensor, field.id == Self.rawData {
            try once(field, at: start)
            lift.lift(position..<end, field: start..<end, from: &levels[levels.count - 1].enclosing)
          }
          position = end
          continue
        }
        if level.descriptor == tensor, field.id == Self.segment {
          throw malformed(start, "a tensor in segments, which no version of the standard defined,")
        }
        if field.label != PROTOBUF_C_LABEL_REPEATED { try once(field, at: start) }
        messages += 1
        if messages > limits.messages {
          throw .limit(path: path, what: "the number of messages", found: messages, allowed: limits.messages)
        }
        if levels.count >= limits.nesting {
          throw .limit(
            path: path, what: "the nesting at \(name(of: field))", found: levels.count + 1,
            allowed: limits.nesting)
        }
        levels.append(
          Level(
            descriptor: inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), end: end,
            name: field.name,
            enclosing: lift.open(length: lengthBytes, payload: Int(length))))
      default: throw malformed(start, "wire type \(tag & 7)")
      }
    }
  }

  /// Calls `body` with the message's bytes but for its tensors' data, once `run` has passed them.
  mutating func withLifted<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    lift.withBytes(body)
  }

  // Fields of TensorProto, as onnx.proto numbers them.
  private static let rawData: UInt32 = 9
  private static let segment: UInt32 = 3

  /// Where the walk is: the fields that lead to the message, as `graph.node`.
  private var place: String {
    let names = levels.compactMap { $0.name.map { String(cString: $0) } }
    return names.isEmpty ? "the model" : names.joined(separator: ".")
  }

  private func name(of field: ProtobufCFieldDescriptor?) -> String {
    guard let name = field?.name else { return "an unknown field" }
    return levels.count > 1 ? "\(place).\(String(cString: name))" : String(cString: name)
  }

  private func malformed(_ offset: Int, _ reason: String) -> ONNXError {
    .malformed(path: path, field: place, offset: offset, reason: reason)
  }

  /// Throws where the message being walked has had `field` before.
  ///
  /// The encoding merges two messages in a field that holds one, and takes the later of two byte strings. Nobody writes
  /// either; protobuf-c forgets the first of two alternatives where others merge, and data that is lifted out of one
  /// message can't give way to data of the other.
  private mutating func once(_ field: ProtobufCFieldDescriptor, at start: Int) throws(ONNXError) {
    let bit: UInt64 = 1 << field.id
    if levels[levels.count - 1].seen & bit != 0 {
      throw malformed(start, "a second \(String(cString: field.name)), which may be given once,")
    }
    levels[levels.count - 1].seen |= bit
  }

  private mutating func skip(_ count: Int, until end: Int) throws(ONNXError) {
    guard end - position >= count else {
      throw .truncated(path: path, field: place, offset: position, needed: count, left: end - position)
    }
    position += count
  }

  private mutating func varint(until end: Int) throws(ONNXError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    let start = position
    while position < end {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
      if shift > 63 { throw malformed(start, "a number of more than 10 bytes") }
    }
    throw .truncated(path: path, field: place, offset: start, needed: position - start + 1, left: end - start)
  }

  private static func field(
    _ number: UInt32, of descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> ProtobufCFieldDescriptor? {
    for index in 0..<Int(descriptor.pointee.n_fields) where descriptor.pointee.fields[index].id == number {
      return descriptor.pointee.fields[index]
    }
    return nil
  }
}
