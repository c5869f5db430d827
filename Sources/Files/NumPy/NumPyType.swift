import Graph

/// A type descriptor of NumPy's array interface, such as `<f4`: byte order, kind and size.
public struct NumPyType: Sendable, Hashable, CustomStringConvertible {
  /// What one element is.
  public enum Kind: Character, Sendable {
    case bool = "b"
    case signed = "i"
    case unsigned = "u"
    case floating = "f"
    case complex = "c"
    /// UTF-32 text of a fixed number of scalars.
    case unicode = "U"
    /// A fixed number of bytes of text.
    case bytes = "S"
    /// Bytes without a meaning. NumPy writes the types of ml_dtypes so: bfloat16 as two, all others as one.
    case void = "V"
  }

  /// What one element is.
  public let kind: Kind
  /// Bytes of one element.
  public let size: Int
  /// Whether the bytes of numbers are in big-endian order.
  public let isBigEndian: Bool
  /// The descriptor as written.
  public let description: String

  /// Elements of text may have this many bytes; a longer one is a mistake or an attack.
  private static let largestText = 1 << 26

  /// Reads a descriptor; `nil` where it is none that tensors can hold.
  public init?(_ text: String) {
    guard let order = text.first, "<>|=".contains(order), let letter = text.dropFirst().first,
      let kind = Kind(rawValue: letter), text.dropFirst(2).utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(text.dropFirst(2)), number <= Self.largestText
    else { return nil }
    let sizes: [Int]? =
      switch kind {
      case .bool: [1]
      case .signed, .unsigned: [1, 2, 4, 8]
      // A one-byte floating type is what ml_dtypes calls its float8_e5m2.
      case .floating: [1, 2, 4, 8]
      case .complex: [8, 16]
      case .void: [1, 2]
      case .unicode, .bytes: nil
      }
    size = kind == .unicode ? number * 4 : number
    if let sizes, !sizes.contains(size) { return nil }
    if order == "|", size > 1, kind != .bytes, kind != .void { return nil }
    self.kind = kind
    isBigEndian = order == ">"
    description = text
  }

  /// The descriptor that `elementType` is written as.
  ///
  /// - Parameter textLength: for strings, the most Unicode scalars of an element.
  init(_ elementType: ElementType, textLength: Int = 0) {
    let text =
      switch elementType {
      case .bool: "|b1"
      case .int8: "|i1"
      case .uint8: "|u1"
      case .int16: "<i2"
      case .uint16: "<u2"
      case .int32: "<i4"
      case .uint32: "<u4"
      case .int64: "<i8"
      case .uint64: "<u8"
      case .float16: "<f2"
      case .float32: "<f4"
      case .float64: "<f8"
      case .complex64: "<c8"
      case .complex128: "<c16"
      case .string: "<U\(textLength)"
      case .bfloat16: "|V2"
      // NumPy can't read back the '<f1' that it writes for float8_e5m2, so that is one of these too.
      case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float4e2m1,
        .float6e2m3, .float6e3m2, .int4, .uint4, .int2, .uint2:
        "|V1"
      }
    // Every text above is one that the parser takes, up to texts too long to be written.
    self = NumPyType(text) ?? NumPyType(kind: .unicode, size: textLength * 4, description: text)
  }

  private init(kind: Kind, size: Int, description: String) {
    self.kind = kind
    self.size = size
    self.description = description
    isBigEndian = false
  }

  /// The element types whose arrays NumPy describes so; several for `V1`.
  public var elementTypes: [ElementType] {
    switch (kind, size) {
    case (.bool, _): [.bool]
    case (.signed, 1): [.int8]
    case (.signed, 2): [.int16]
    case (.signed, 4): [.int32]
    case (.signed, _): [.int64]
    case (.unsigned, 1): [.uint8]
    case (.unsigned, 2): [.uint16]
    case (.unsigned, 4): [.uint32]
    case (.unsigned, _): [.uint64]
    case (.floating, 1): [.float8e5m2]
    case (.floating, 2): [.float16]
    case (.floating, 4): [.float32]
    case (.floating, _): [.float64]
    case (.complex, 8): [.complex64]
    case (.complex, _): [.complex128]
    case (.unicode, _), (.bytes, _): [.string]
    case (.void, 2): [.bfloat16]
    case (.void, _):
      [
        .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float4e2m1, .float6e2m3,
        .float6e3m2, .int4, .uint4, .int2, .uint2,
      ]
    }
  }

  /// Bytes that are swapped together where the order is big-endian.
  var wordSize: Int {
    switch kind {
    case .complex: size / 2
    case .unicode: 4
    case .bytes, .void: 1
    case .bool, .signed, .unsigned, .floating: size
    }
  }
}
