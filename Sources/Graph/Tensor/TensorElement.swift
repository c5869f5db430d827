import Numerics

/// A Swift type that is stored as it is in a tensor of one element type.
public protocol TensorElement: Sendable {
  /// The element type whose storage this Swift type describes.
  static var elementType: ElementType { get }
}

extension Float: TensorElement {
  /// `float32`.
  public static var elementType: ElementType { .float32 }
}
extension Double: TensorElement {
  /// `float64`.
  public static var elementType: ElementType { .float64 }
}
extension Float16: TensorElement {
  /// `float16`.
  public static var elementType: ElementType { .float16 }
}
extension BFloat16: TensorElement {
  /// `bfloat16`.
  public static var elementType: ElementType { .bfloat16 }
}
extension Int8: TensorElement {
  /// `int8`.
  public static var elementType: ElementType { .int8 }
}
extension Int16: TensorElement {
  /// `int16`.
  public static var elementType: ElementType { .int16 }
}
extension Int32: TensorElement {
  /// `int32`.
  public static var elementType: ElementType { .int32 }
}
extension Int64: TensorElement {
  /// `int64`.
  public static var elementType: ElementType { .int64 }
}
extension UInt8: TensorElement {
  /// `uint8`.
  public static var elementType: ElementType { .uint8 }
}
extension UInt16: TensorElement {
  /// `uint16`.
  public static var elementType: ElementType { .uint16 }
}
extension UInt32: TensorElement {
  /// `uint32`.
  public static var elementType: ElementType { .uint32 }
}
extension UInt64: TensorElement {
  /// `uint64`.
  public static var elementType: ElementType { .uint64 }
}
extension Bool: TensorElement {
  /// `bool`.
  public static var elementType: ElementType { .bool }
}
extension Complex: TensorElement where RealType: TensorElement {
  /// `complex64` for `Float` parts, `complex128` for `Double` parts.
  public static var elementType: ElementType { RealType.self == Float.self ? .complex64 : .complex128 }
}

/// Brain floating point: the upper half of a `Float`.
public struct BFloat16: BitwiseCopyable, Sendable, Hashable {
  /// The 16 stored bits: sign, 8 exponent bits, 7 fraction bits.
  public var bitPattern: UInt16

  /// Wraps stored bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Rounds to nearest, ties to even; NaN stays NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x0040
    } else {
      bitPattern = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
  }

  /// The exact value.
  public var floatValue: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}
