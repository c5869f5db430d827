/// What stands before the data of a `.npy` file (NumPy Enhancement Proposal 1; versions 1.0, 2.0 and 3.0).
struct NumPyHeader {
  var type: NumPyType
  var isFortranOrder: Bool
  var shape: [Int]
  /// Where the data begin.
  var dataOffset: Int

  /// Six bytes: 0x93 and `NUMPY`.
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// NumPy's own limit.
  private static let mostDimensions = 64
  /// No header of a type that is read here comes near it.
  private static let longestHeader = 1 << 16
  /// Data begin at a multiple of this.
  private static let alignment = 64

  /// Reads the header at the beginning of `bytes`; `array` is for messages.
  init(_ bytes: FileBytes, array: String) throws(NumPyError) {
    func damaged(_ detail: String) -> NumPyError { .header(array: array, detail: detail) }
    guard let start = bytes.slice(offset: 0, length: 8), start.array.starts(with: Self.magic) else {
      throw damaged("it does not begin with NumPy's signature")
    }
    let length: Int?
    let textOffset: Int
    switch (start[6], start[7]) {
    case (1, 0):
      length = bytes.integer(at: 8, as: UInt16.self).map(Int.init)
      textOffset = 10
    case (2, 0), (3, 0):
      length = bytes.integer(at: 8, as: UInt32.self).map(Int.init)
      textOffset = 12
    default: throw damaged("version \(start[6] ?? 0).\(start[7] ?? 0) is not known")
    }
    guard let length else { throw damaged("it is cut short") }
    guard length <= Self.longestHeader else { throw damaged("it is \(length) bytes long") }
    guard let text = bytes.slice(offset: textOffset, length: length) else {
      throw damaged("it is cut short")
    }
    var parser = PythonLiteral(bytes: text.array)
    guard let fields = parser.dictionary() else {
      throw damaged("it is no dictionary of descr, fortran_order and shape")
    }
    guard Set(fields.keys) == ["descr", "fortran_order", "shape"] else {
      throw damaged("its keys are " + fields.keys.sorted().joined(separator: ", "))
    }
    guard case .bool(let isFortranOrder)? = fields["fortran_order"] else {
      throw damaged("fortran_order is neither True nor False")
    }
    guard case .integers(let shape)? = fields["shape"] else { throw damaged("shape is no tuple of sizes") }
    guard shape.count <= Self.mostDimensions else { throw damaged("it has \(shape.count) dimensions") }
    switch fields["descr"] {
    case .string(let descriptor):
      guard let type = NumPyType(descriptor) else {
        throw .unsupportedType(array: array, type: descriptor, advice: Self.advice(descriptor))
      }
      self.type = type
    case .list:
      throw .unsupportedType(
        array: array, type: "structured", advice: "save each field as an array of its own")
    default: throw damaged("descr is no type")
    }
    self.isFortranOrder = isFortranOrder
    self.shape = shape
    dataOffset = textOffset + length
  }

  private static func advice(_ descriptor: String) -> String {
    if descriptor.dropFirst().first == "O" {
      return "objects need Python's pickle; save text as a fixed-width type, such as with .astype('U')"
    }
    return "tensors hold bool, integers, floats, complex numbers and text"
  }

  /// The header's bytes for an array in C order, the same that `numpy.save` writes.
  static func encode(type: NumPyType, shape: [Int]) -> [UInt8] {
    let extents = shape.map { "\($0)" }
    let tuple = "(" + extents.joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(tuple), }"
    // NumPy leaves room for the first dimension to grow to 21 digits in place.
    if let first = extents.first { text += String(repeating: " ", count: max(0, 21 - first.utf8.count)) }
    let unpadded = magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: alignment - unpadded % alignment) + "\n"
    let length = UInt16(text.utf8.count)
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }
}

/// Reads the one form of Python literal that headers have: a dictionary of strings, truth values, tuples of
/// sizes, and lists, which are skipped.
struct PythonLiteral {
  enum Value: Equatable {
    case string(String)
    case bool(Bool)
    case integers([Int])
    /// The description of a structured type.
    case list
  }

  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The dictionary that all bytes make up, or `nil` where they don't. Keys may not repeat.
  mutating func dictionary() -> [String: Value]? {
    var fields: [String: Value] = [:]
    guard take("{") else { return nil }
    while !take("}") {
      guard case .string(let key)? = value(), take(":"), let value = value() else { return nil }
      if fields.updateValue(value, forKey: key) != nil { return nil }
      if take(",") { continue }
      guard take("}") else { return nil }
      break
    }
    skipSpace()
    return position == bytes.count ? fields : nil
  }

  private mutating func value() -> Value? {
    skipSpace()
    switch peek {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map(Value.string)
    case UInt8(ascii: "("): return integers().map(Value.integers)
    case UInt8(ascii: "["): return skipList() ? .list : nil
    default:
      if take("True") { return .bool(true) }
      if take("False") { return .bool(false) }
      return nil
    }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }

  private mutating func take(_ token: StaticString) -> Bool {
    skipSpace()
    let matches = token.withUTF8Buffer { bytes[position...].starts(with: $0) }
    if matches { position += token.utf8CodeUnitCount }
    return matches
  }

  /// A string without escapes: no type or key has any.
  private mutating func string() -> String? {
    guard let quote = peek else { return nil }
    let rest = bytes[(position + 1)...]
    guard let end = rest.firstIndex(of: quote), !rest[..<end].contains(UInt8(ascii: "\\")) else { return nil }
    position = end + 1
    return String(validating: rest[..<end], as: UTF8.self)
  }

  /// `()`, `(3,)`, `(3, 4)`, each number with the `L` that Python 2 wrote or without.
  private mutating func integers() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    var hasComma = false
    while !take(")") {
      guard numbers.isEmpty || hasComma else { return nil }
      skipSpace()
      let digits = bytes[position...].prefix { (48...57).contains($0) }
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      numbers.append(number)
      position = digits.endIndex
      if peek == UInt8(ascii: "L") { position += 1 }
      hasComma = take(",")
    }
    // In Python `(3)` is a number, not a tuple.
    return numbers.count == 1 && !hasComma ? nil : numbers
  }

  private mutating func skipList() -> Bool {
    var depth = 0
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        if string() == nil { return false }
        continue
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
      if depth == 0 { return true }
    }
    return false
  }
}
