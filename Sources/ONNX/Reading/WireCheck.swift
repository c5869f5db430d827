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

  private struct Level {
    let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    let end: Int
    let name: String
    var enclosing: TensorDataLift.Enclosing
    var hasRawData = false
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
    var stack = [
      Level(
        descriptor: descriptor, end: bytes.count, name: "",
        enclosing: lift.open(length: 0..<0, payload: bytes.count))
    ]
    while let level = stack.last {
      if position == level.end {
        stack.removeLast()
        if let outer = stack.indices.last { lift.close(level.enclosing, in: &stack[outer].enclosing) }
        continue
      }
      let start = position
      let tag = try varint(until: level.end, level.name)
      guard tag >> 3 > 0, tag >> 3 <= 0x1FFF_FFFF else {
        throw malformed(level, start, "field number 0 or out of range")
      }
      let field = Self.field(UInt32(tag >> 3), of: level.descriptor)
      switch tag & 7 {
      case 0: _ = try varint(until: level.end, level.name)
      case 1: try skip(8, level)
      case 5: try skip(4, level)
      case 2:
        let lengthOffset = position
        let length = try varint(until: level.end, level.name)
        let lengthBytes = lengthOffset..<position
        let name = level.name.isEmpty || field == nil ? Self.name(field) : "\(level.name).\(Self.name(field))"
        guard length <= UInt64(level.end - position) else {
          throw .truncated(
            path: path, field: name, offset: start, needed: Int(clamping: length), left: level.end - position)
        }
        let end = position + Int(length)
        guard let field else {
          position = end
          continue
        }
        if field.type == PROTOBUF_C_TYPE_STRING, Int(length) > limits.stringLength {
          throw .limit(
            path: path, what: "the length of \(name)", found: Int(length), allowed: limits.stringLength)
        }
        guard field.type == PROTOBUF_C_TYPE_MESSAGE, let inner = field.descriptor else {
          if level.descriptor == tensor, field.id == Self.rawData {
            if level.hasRawData { throw malformed(level, start, "a second raw_data of one tensor") }
            stack[stack.count - 1].hasRawData = true
            lift.lift(position..<end, field: start..<end, from: &stack[stack.count - 1].enclosing)
          }
          position = end
          continue
        }
        if level.descriptor == tensor, field.id == Self.segment {
          throw malformed(level, start, "a tensor in segments, which no version of the standard defined,")
        }
        messages += 1
        if messages > limits.messages {
          throw .limit(path: path, what: "the number of messages", found: messages, allowed: limits.messages)
        }
        if stack.count >= limits.nesting {
          throw .limit(
            path: path, what: "the nesting at \(name)", found: stack.count + 1, allowed: limits.nesting)
        }
        stack.append(
          Level(
            descriptor: inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), end: end, name: name,
            enclosing: lift.open(length: lengthBytes, payload: Int(length))))
      default: throw malformed(level, start, "wire type \(tag & 7)")
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

  private func malformed(_ level: Level, _ offset: Int, _ reason: String) -> ONNXError {
    .malformed(
      path: path, field: level.name.isEmpty ? "the model" : level.name, offset: offset, reason: reason)
  }

  private mutating func skip(_ count: Int, _ level: Level) throws(ONNXError) {
    guard level.end - position >= count else {
      throw .truncated(
        path: path, field: level.name.isEmpty ? "the model" : level.name, offset: position, needed: count,
        left: level.end - position)
    }
    position += count
  }

  private mutating func varint(until end: Int, _ name: String) throws(ONNXError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    let start = position
    while position < end {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
      if shift > 63 {
        throw .malformed(
          path: path, field: name.isEmpty ? "the model" : name, offset: start,
          reason: "a number of more than 10 bytes")
      }
    }
    throw .truncated(
      path: path, field: name.isEmpty ? "the model" : name, offset: start, needed: position - start + 1,
      left: end - start)
  }

  private static func field(
    _ number: UInt32, of descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> ProtobufCFieldDescriptor? {
    for index in 0..<Int(descriptor.pointee.n_fields) where descriptor.pointee.fields[index].id == number {
      return descriptor.pointee.fields[index]
    }
    return nil
  }

  private static func name(_ field: ProtobufCFieldDescriptor?) -> String {
    guard let field, let name = field.name else { return "an unknown field" }
    return String(cString: name)
  }
}
