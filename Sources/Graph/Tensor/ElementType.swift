/// The element types of the ONNX standard (`TensorProto.DataType`); raw values are the standard's codes.
public enum ElementType: Int32, Sendable, Hashable, CaseIterable {
  case float32 = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case string = 8
  case bool = 9
  case float16 = 10
  case float64 = 11
  case uint32 = 12
  case uint64 = 13
  case complex64 = 14
  case complex128 = 15
  case bfloat16 = 16
  case float8e4m3fn = 17
  case float8e4m3fnuz = 18
  case float8e5m2 = 19
  case float8e5m2fnuz = 20
  case uint4 = 21
  case int4 = 22
  case float4e2m1 = 23
  case float8e8m0 = 24
  case uint2 = 25
  case int2 = 26
  case float6e2m3 = 27
  case float6e3m2 = 28

  /// Bits of one stored element; `nil` for strings, which have no fixed size.
  ///
  /// 2-bit and 4-bit elements are packed, first element in the lowest bits, as the standard packs
  /// `raw_data`. 6-bit floats take a byte each.
  public var bitWidth: Int? {
    switch self {
    case .uint2, .int2: 2
    case .uint4, .int4, .float4e2m1: 4
    case .uint8, .int8, .bool, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0,
      .float6e2m3, .float6e3m2:
      8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .uint32, .int32, .float32: 32
    case .uint64, .int64, .float64, .complex64: 64
    case .complex128: 128
    case .string: nil
    }
  }

  /// Bytes that `count` elements take when stored, packed types rounded up; `nil` on overflow and for strings.
  public func byteCount(of count: Int) -> Int? {
    guard let bitWidth else { return nil }
    if bitWidth >= 8 {
      let (bytes, overflow) = count.multipliedReportingOverflow(by: bitWidth / 8)
      return overflow ? nil : bytes
    }
    let perByte = 8 / bitWidth
    return count / perByte + (count % perByte == 0 ? 0 : 1)
  }

  /// The alignment that typed access needs, in bytes.
  public var alignment: Int {
    switch self {
    case .complex64: 4
    case .complex128: 8
    default: max(1, (bitWidth ?? 8) / 8)
    }
  }

  /// Whether elements share bytes (2-bit and 4-bit types).
  public var isPacked: Bool { (bitWidth ?? 8) < 8 }

  /// Whether the type is a real floating-point type of any width.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .float32, .float64, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2,
      .float8e5m2fnuz, .float8e8m0, .float4e2m1, .float6e2m3, .float6e3m2:
      true
    default: false
    }
  }

  /// Whether the type is a signed or unsigned integer of any width (`bool` is not).
  public var isInteger: Bool { isSignedInteger || isUnsignedInteger }

  /// Whether the type is a signed integer.
  public var isSignedInteger: Bool {
    switch self {
    case .int2, .int4, .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  /// Whether the type is an unsigned integer.
  public var isUnsignedInteger: Bool {
    switch self {
    case .uint2, .uint4, .uint8, .uint16, .uint32, .uint64: true
    default: false
    }
  }

  /// Whether the type is complex.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }

  /// The name that the ONNX standard uses inside `tensor(…)`, such as `float` or `float8e4m3fn`.
  public var onnxName: String {
    // Written out: a case's own name is found by reflection, which a start has no time for.
    switch self {
    case .float32: "float"
    case .uint8: "uint8"
    case .int8: "int8"
    case .uint16: "uint16"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .string: "string"
    case .bool: "bool"
    case .float16: "float16"
    case .float64: "double"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .bfloat16: "bfloat16"
    case .float8e4m3fn: "float8e4m3fn"
    case .float8e4m3fnuz: "float8e4m3fnuz"
    case .float8e5m2: "float8e5m2"
    case .float8e5m2fnuz: "float8e5m2fnuz"
    case .uint4: "uint4"
    case .int4: "int4"
    case .float4e2m1: "float4e2m1"
    case .float8e8m0: "float8e8m0"
    case .uint2: "uint2"
    case .int2: "int2"
    case .float6e2m3: "float6e2m3"
    case .float6e3m2: "float6e3m2"
    }
  }

  /// The type that the standard calls `name` inside `tensor(…)`.
  public init?(onnxName name: some StringProtocol) {
    guard let match = Self.allCases.first(where: { $0.onnxName == name }) else { return nil }
    self = match
  }
}
