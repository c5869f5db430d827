import Numerics

/// Conversion between stored elements and the wide types that plain definitions compute in.
extension Tensor {
  /// The elements as `Double`: exact for every floating type, for `bool` (0 or 1) and for integers to 2⁵³.
  ///
  /// - Throws: `TensorError.notNumeric` for strings and complex numbers.
  public func doubles() throws -> [Double] {
    switch elementType {
    case .float64: return try elements(of: Double.self)
    case .float32: return try withElements(of: Float.self) { $0.map(Double.init) }
    case .float16: return try withElements(of: Float16.self) { $0.map(Double.init) }
    case .bfloat16: return try withElements(of: BFloat16.self) { $0.map { Double($0.floatValue) } }
    case .float8e8m0:
      return unpackedBytes().map(PowerOfTwo.decode)
    // Spelled out: `Double.init` alone could mean `init(bitPattern:)`.
    case .uint64: return try withElements(of: UInt64.self) { $0.map { Double($0) } }
    case .string, .complex64, .complex128: throw TensorError.notNumeric(elementType)
    default:
      if let format = SmallFloat(elementType) { return unpackedBytes().map(format.decode) }
      return try integers().map(Double.init)
    }
  }

  /// The elements as `Int64`, `bool` as 0 or 1. `uint64` above `Int64.max` keeps its bits.
  ///
  /// - Throws: `TensorError.notNumeric` for anything but integers and `bool`.
  public func integers() throws -> [Int64] {
    switch elementType {
    case .int64: return try elements(of: Int64.self)
    case .uint64: return try withElements(of: UInt64.self) { $0.map { Int64(bitPattern: $0) } }
    case .int32: return try withElements(of: Int32.self) { $0.map(Int64.init) }
    case .uint32: return try withElements(of: UInt32.self) { $0.map(Int64.init) }
    case .int16: return try withElements(of: Int16.self) { $0.map(Int64.init) }
    case .uint16: return try withElements(of: UInt16.self) { $0.map(Int64.init) }
    case .int8: return try withElements(of: Int8.self) { $0.map(Int64.init) }
    case .uint8, .uint4, .uint2: return unpackedBytes().map(Int64.init)
    case .bool: return unpackedBytes().map { $0 == 0 ? 0 : 1 }
    case .int4: return unpackedBytes().map { Int64(Int8(bitPattern: $0 << 4) >> 4) }
    case .int2: return unpackedBytes().map { Int64(Int8(bitPattern: $0 << 6) >> 6) }
    default: throw TensorError.notNumeric(elementType)
    }
  }

  /// The elements as `Complex<Double>`; real types have zero imaginary parts.
  ///
  /// - Throws: `TensorError.notNumeric` for strings.
  public func complexes() throws -> [Complex<Double>] {
    switch elementType {
    case .complex128: return try elements(of: Complex<Double>.self)
    case .complex64:
      return try withElements(of: Complex<Float>.self) {
        $0.map { Complex(Double($0.real), Double($0.imaginary)) }
      }
    default: return try doubles().map { Complex($0, 0) }
    }
  }

  /// A tensor of a floating type, each value rounded to nearest, ties to even (`float8e8m0`: up). Types below 16
  /// bits saturate unless told otherwise (`Cast`'s `saturate`).
  ///
  /// - Throws: `TensorError` where counts differ or the type is not floating.
  public init(
    doubles: [Double], as elementType: ElementType, shape: [Int], saturate: Bool = true
  ) throws {
    switch elementType {
    case .float64: try self.init(doubles, shape: shape)
    case .float32: try self.init(doubles.map(Float.init), shape: shape)
    case .float16: try self.init(doubles.map(Float16.init), shape: shape)
    case .bfloat16: try self.init(doubles.map(BFloat16.init(rounding:)), shape: shape)
    case .float8e8m0:
      try self.init(
        unpacked: doubles.map { PowerOfTwo.encode($0, saturate: saturate, rounding: .up) }, as: elementType,
        shape: shape)
    default:
      guard let format = SmallFloat(elementType) else { throw TensorError.notNumeric(elementType) }
      try self.init(
        unpacked: doubles.map { format.encode($0, saturate: saturate) }, as: elementType, shape: shape)
    }
  }

  /// A tensor of an integer type or `bool`, keeping each value's low bits (two's complement wrap-around).
  ///
  /// - Throws: `TensorError` where counts differ or the type is not an integer.
  public init(integers: [Int64], as elementType: ElementType, shape: [Int]) throws {
    switch elementType {
    case .int64: try self.init(integers, shape: shape)
    case .uint64: try self.init(integers.map(UInt64.init(bitPattern:)), shape: shape)
    case .int32: try self.init(integers.map(Int32.init(truncatingIfNeeded:)), shape: shape)
    case .uint32: try self.init(integers.map(UInt32.init(truncatingIfNeeded:)), shape: shape)
    case .int16: try self.init(integers.map(Int16.init(truncatingIfNeeded:)), shape: shape)
    case .uint16: try self.init(integers.map(UInt16.init(truncatingIfNeeded:)), shape: shape)
    case .int8: try self.init(integers.map(Int8.init(truncatingIfNeeded:)), shape: shape)
    case .bool: try self.init(integers.map { $0 != 0 }, shape: shape)
    case .uint8, .uint4, .int4, .uint2, .int2:
      try self.init(
        unpacked: integers.map(UInt8.init(truncatingIfNeeded:)), as: elementType, shape: shape)
    default: throw TensorError.notNumeric(elementType)
    }
  }

  /// A complex tensor, parts rounded to the type's.
  ///
  /// - Throws: `TensorError` where counts differ or the type is not complex.
  public init(complexes: [Complex<Double>], as elementType: ElementType, shape: [Int]) throws {
    switch elementType {
    case .complex128: try self.init(complexes, shape: shape)
    case .complex64:
      try self.init(complexes.map { Complex(Float($0.real), Float($0.imaginary)) }, shape: shape)
    default: throw TensorError.notNumeric(elementType)
    }
  }

  /// One byte an element, in the low bits, of a type of 8 bits or fewer.
  public func unpackedBytes() -> [UInt8] {
    guard let width = elementType.bitWidth, width <= 8 else { return [] }
    let count = count
    return withBytes { bytes in
      if width == 8 { return Array(bytes) }
      let perByte = 8 / width
      let mask = UInt8((1 << width) - 1)
      return (0..<count).map { (bytes[$0 / perByte] >> UInt8($0 % perByte * width)) & mask }
    }
  }

  /// A tensor of a type of 8 bits or fewer from one byte an element, of which the low bits count.
  ///
  /// - Throws: `TensorError` where counts differ or the type is wider.
  public init(unpacked bytes: [UInt8], as elementType: ElementType, shape: [Int]) throws {
    guard let width = elementType.bitWidth, width <= 8 else { throw TensorError.notNumeric(elementType) }
    try self.init(zeros: elementType, shape: shape)
    let count = count
    guard bytes.count == count else {
      throw TensorError.countMismatch(shape: shape, expected: count, found: bytes.count)
    }
    let perByte = 8 / width
    let mask = UInt8(truncatingIfNeeded: (1 << width) - 1)
    withMutableBytes { target in
      for (index, byte) in bytes.enumerated() {
        target[index / perByte] |= (byte & mask) << UInt8(index % perByte * width)
      }
    }
  }
}

extension BFloat16 {
  /// Rounds to nearest, ties to even, in one step: going through `Float` first would round twice.
  public init(rounding value: Double) {
    let single = Float(value)
    let exact = Double(single)
    guard exact != value, single.isFinite else {
      self.init(single)
      return
    }
    // Round to odd: a sticky low bit keeps ties of the first step from becoming ties of the second.
    let towardZero = exact.magnitude > value.magnitude ? Float(bitPattern: single.bitPattern - 1) : single
    self.init(Float(bitPattern: towardZero.bitPattern | 1))
  }
}
