import Graph

extension ReferenceFamily {
  /// Operators that change the element type.
  static let casting = ReferenceFamily(
    "Casting",
    [
      ReferenceOperator("Cast") { call in try cast(&call, to: call.elementType(named: "to")) },
      ReferenceOperator("CastLike") { call in try cast(&call, to: call.tensor(1).elementType) },
      ReferenceOperator("BitCast") { call in
        let input = try call.tensor(0)
        let type = try call.elementType(named: "to")
        guard type != .string, input.elementType != .string, type.bitWidth == input.elementType.bitWidth
        else {
          throw call.failure("\(input.elementType.onnxName) and \(type.onnxName) differ in width")
        }
        let result = try input.withBytes {
          try Tensor(copying: $0, elementType: type, shape: input.shape)
        }
        call.set(0, result)
      },
    ])

  private static func cast(_ call: inout ReferenceCall, to type: ElementType) throws {
    let mode = call.node.string("round_mode") ?? PowerOfTwo.Rounding.up.rawValue
    guard let rounding = PowerOfTwo.Rounding(rawValue: mode) else {
      throw call.failure("round_mode is '\(mode)', needs 'up', 'down' or 'nearest'")
    }
    let saturate = call.node.int("saturate") != 0
    let input = try call.tensor(0)
    guard input.elementType == .string else {
      return call.set(0, try input.cast(to: type, saturate: saturate, rounding: rounding))
    }
    let strings = try input.strings()
    if type == .string { return call.set(0, input) }
    if type.isInteger || type == .bool {
      let integers = try strings.map { text in
        guard let value = NumberText.integer(text) else {
          throw call.failure("'\(text)' is no number of type \(type.onnxName)")
        }
        return value
      }
      return call.set(0, try Tensor(integers: integers, as: type, shape: input.shape))
    }
    let numbers = try strings.map { text in
      guard let value = NumberText.number(text) else { throw call.failure("'\(text)' is no number") }
      return value
    }
    let wide = try Tensor(numbers, shape: input.shape)
    call.set(0, try wide.cast(to: type, saturate: saturate, rounding: rounding))
  }
}

extension Tensor {
  /// The same numbers in another type, as ONNX Cast-28 says; from anything but strings.
  ///
  /// Out-of-range integers keep their low bits; floating numbers beyond 64-bit integers, which the standard
  /// leaves open, take the nearest of those first, and NaN gives 0.
  func cast(
    to type: ElementType, saturate: Bool = true, rounding: PowerOfTwo.Rounding = .up
  ) throws -> Tensor {
    if type == elementType { return self }
    if type == .string { return try Tensor(strings: NumberText.texts(of: self), shape: shape) }
    if type.isFloatingPoint {
      let numbers = try wideNumbers()
      guard type == .float8e8m0 else {
        return try Tensor(doubles: numbers, as: type, shape: shape, saturate: saturate)
      }
      return try Tensor(
        unpacked: numbers.map { PowerOfTwo.encode($0, saturate: saturate, rounding: rounding) }, as: type,
        shape: shape)
    }
    if elementType.isFloatingPoint { return try Tensor(numbers: doubles(), as: type, shape: shape) }
    return try Tensor(integers: integers(), as: type, shape: shape)
  }

  /// The elements as `Double`, in such a way that rounding once more gives what rounding the element itself
  /// would have given.
  private func wideNumbers() throws -> [Double] {
    switch elementType {
    case .int64: try elements(of: Int64.self).map { Double(sticky: $0.magnitude, isNegative: $0 < 0) }
    case .uint64: try elements(of: UInt64.self).map { Double(sticky: $0, isNegative: false) }
    default: try doubles()
    }
  }
}

extension Double {
  /// The number rounded to odd: its last bit set where anything was lost, so that a second rounding, to a
  /// narrower type, sees no false tie.
  fileprivate init(sticky magnitude: UInt64, isNegative: Bool) {
    let surplus = max(0, 64 - magnitude.leadingZeroBitCount - Double.significandBitCount - 1)
    let lost = magnitude & ((1 << UInt64(surplus)) - 1)
    var kept = magnitude &>> UInt64(surplus)
    if lost != 0 { kept |= 1 }
    let value = Double(sign: .plus, exponent: surplus, significand: Double(kept))
    self = isNegative ? -value : value
  }
}

extension ReferenceCall {
  /// The element type whose code is the attribute `name`, or `fallback` where it is missing.
  ///
  /// - Throws: `InterpreterError` where no type has that code, or it is missing without fallback.
  func elementType(named name: String, fallback: ElementType? = nil) throws -> ElementType {
    guard let code = node.int(name) else {
      guard let fallback else { throw failure("needs the attribute '\(name)'") }
      return fallback
    }
    guard let type = Int32(exactly: code).flatMap(ElementType.init) else {
      throw failure("\(name) is \(code), which is no element type")
    }
    return type
  }
}
