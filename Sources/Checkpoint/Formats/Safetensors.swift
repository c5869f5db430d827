import Files
import Graph

/// Hugging Face's format: the header's length in 8 bytes, a JSON header, and the tensors' bytes, which must be
/// in order, without overlap and without gaps (github.com/huggingface/safetensors, "Format").
enum Safetensors {
  /// The largest header that the format allows.
  static let headerLimit = 100_000_000

  static func begins(_ bytes: FileBytes) -> Bool {
    guard let length = bytes.integer(at: 0, as: UInt64.self) else { return false }
    return bytes[8] == UInt8(ascii: "{") && length >= 2 && length <= 1 << 32
  }

  private struct Entry {
    let name: String
    let type: TorchType
    let shape: [Int]
    let range: Range<Int>
  }

  static func read(
    _ bytes: FileBytes, path: String, limits: CheckpointLimits
  ) throws(CheckpointError) -> Document {
    guard let announced = bytes.integer(at: 0, as: UInt64.self), announced <= UInt64(headerLimit) else {
      throw .malformed(path: path, detail: "its header is longer than the 100 MB that safetensors allows")
    }
    let length = Int(announced)
    guard let header = bytes.slice(offset: 8, length: length),
      let data = bytes.slice(offset: 8 + length, length: bytes.count - 8 - length)
    else { throw .truncated(path: path, part: "its header") }
    let json: JSONValue
    do { json = try JSONReader.read(header, limit: limits.headerValues) } catch {
      throw .malformed(
        path: path, detail: "its header is no JSON: \(error.detail) (at byte \(error.position))")
    }
    guard case .object(let members) = json else {
      throw .malformed(path: path, detail: "its header is no JSON object")
    }
    var entries: [Entry] = []
    var metadata: [(String, String)] = []
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try strings(value, path: path)
      } else {
        entries.append(try entry(name, value, path: path, limits: limits))
      }
    }
    try checkRanges(entries, byteCount: data.count, path: path)
    return try document(entries, data, metadata, path: path, limits: limits)
  }

  private static func strings(
    _ value: JSONValue, path: String
  ) throws(CheckpointError) -> [(String, String)] {
    guard case .object(let members) = value else {
      throw .malformed(path: path, detail: "its __metadata__ is no object")
    }
    var result: [(String, String)] = []
    for (name, value) in members {
      guard let text = value.string else {
        throw .malformed(path: path, detail: "its __metadata__ '\(name)' is no string")
      }
      result.append((name, text))
    }
    return result
  }

  private static func entry(
    _ name: String, _ value: JSONValue, path: String, limits: CheckpointLimits
  ) throws(CheckpointError) -> Entry {
    guard let code = value["dtype"]?.string, let shape = value["shape"]?.extents,
      let offsets = value["data_offsets"]?.extents, offsets.count == 2, offsets[0] <= offsets[1],
      case .object(let members) = value, members.count == 3
    else {
      throw .malformed(path: path, detail: "tensor '\(name)' lacks dtype, shape or data_offsets")
    }
    if shape.count > limits.rank {
      throw .limit(path: path, what: "dimensions in one tensor", limit: limits.rank)
    }
    guard let type = types[code] else {
      throw .malformed(path: path, detail: "tensor '\(name)' has the unknown type '\(code)'")
    }
    let count = try? Tensor.elementCount(of: shape)
    let (bits, overflow) = (count ?? .max).multipliedReportingOverflow(by: type.bits)
    guard !overflow, bits % 8 == 0, bits / 8 == offsets[1] - offsets[0] else {
      throw .malformed(
        path: path,
        detail:
          "tensor '\(name)' of type \(code) and shape \(shape) doesn't fill its \(offsets[1] - offsets[0]) bytes"
      )
    }
    return Entry(name: name, type: type.type, shape: shape, range: offsets[0]..<offsets[1])
  }

  /// Element types by the format's names; sub-byte ones are named so that they can be listed.
  private static let types: [String: (type: TorchType, bits: Int)] = {
    let elements: [String: ElementType] = [
      "BOOL": .bool, "U8": .uint8, "I8": .int8, "I16": .int16, "U16": .uint16, "I32": .int32, "U32": .uint32,
      "I64": .int64, "U64": .uint64, "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64,
      "C64": .complex64, "F8_E5M2": .float8e5m2, "F8_E4M3": .float8e4m3fn, "F8_E8M0": .float8e8m0,
      "F8_E5M2FNUZ": .float8e5m2fnuz, "F8_E4M3FNUZ": .float8e4m3fnuz,
    ]
    var table: [String: (type: TorchType, bits: Int)] = [:]
    for (code, element) in elements {
      guard let type = TorchType(element), let bits = element.bitWidth else { continue }
      table[code] = (type, bits)
    }
    for (code, bits) in [("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6)] {
      table[code] = (.unreadable(code.lowercased()), bits)
    }
    return table
  }()

  private static func checkRanges(
    _ entries: [Entry], byteCount: Int, path: String
  ) throws(CheckpointError) {
    var end = 0
    var last = "the header"
    let ordered = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in ordered {
      if entry.range.lowerBound < end {
        throw .malformed(path: path, detail: "tensors '\(last)' and '\(entry.name)' overlap")
      }
      if entry.range.lowerBound > end {
        throw .malformed(path: path, detail: "there is a gap between '\(last)' and tensor '\(entry.name)'")
      }
      end = entry.range.upperBound
      last = entry.name
    }
    if end > byteCount { throw .truncated(path: path, part: "tensor '\(last)'") }
    if end < byteCount {
      throw .malformed(path: path, detail: "\(byteCount - end) bytes follow the last tensor")
    }
  }

  private static func document(
    _ entries: [Entry], _ data: FileBytes, _ metadata: [(String, String)], path: String,
    limits: CheckpointLimits
  ) throws(CheckpointError) -> Document {
    var builder = DictionaryBuilder(path: path, limits: limits)
    for entry in entries {
      guard let bytes = data.slice(offset: entry.range.lowerBound, length: entry.range.count) else {
        throw .truncated(path: path, part: "tensor '\(entry.name)'")
      }
      let storage = Storage(key: entry.name, source: .bytes(bytes), isBigEndian: false)
      builder.add(entry.name, TensorNode(type: entry.type, contiguous: entry.shape), storage)
    }
    return builder.document(metadata: metadata)
  }
}
