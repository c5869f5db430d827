import Graph

/// Element by element, in the widest type of the elements' kind: `Double` where they are floating, wrapping
/// 64-bit integers, whose low bits are every narrower type's answer, where they are integers.
extension ReferenceCall {
  /// The most elements that one value may have; a shape above it is taken for a mistake, or an attack.
  static let elementLimit = 1 << 30

  /// The element count of `shape`.
  ///
  /// - Throws: `TensorError` where it is no shape or has more elements than the limit.
  func checkedCount(of shape: [Int]) throws -> Int {
    let count = try Tensor.elementCount(of: shape)
    guard count <= Self.elementLimit else { throw TensorError.tooLarge(shape) }
    return count
  }

  /// The common shape of `tensors`.
  ///
  /// - Throws: `InterpreterError` where they don't broadcast.
  func broadcastShape(_ tensors: [Tensor]) throws -> [Int] {
    guard let shape = Broadcasting.shape(tensors.map(\.shape)) else {
      let names = tensors.map { "\($0.shape)" }.joined(separator: ", ")
      throw failure("shapes \(names) don't broadcast")
    }
    _ = try checkedCount(of: shape)
    return shape
  }

  /// Sets output 0 to `function` of each element of input 0, which must be floating.
  mutating func mapDoubles(_ function: (Double) -> Double) throws {
    let input = try tensor(0)
    set(0, try Tensor(doubles: input.doubles().map(function), as: input.elementType, shape: input.shape))
  }

  /// Sets output 0 to `function` of each element of input 0, of any real type.
  mutating func mapNumbers(_ function: (Double) -> Double) throws {
    let input = try tensor(0)
    set(0, try Tensor(numbers: input.doubles().map(function), as: input.elementType, shape: input.shape))
  }

  /// Sets output 0 to `floating` or `signed` of each element of input 0; unsigned elements stay as they are
  /// without `unsigned`.
  mutating func map(
    _ floating: (Double) -> Double, _ signed: (Int64) -> Int64, unsigned: ((UInt64) -> UInt64)? = nil
  ) throws {
    let input = try tensor(0)
    if input.elementType.isFloatingPoint { return try mapDoubles(floating) }
    if input.elementType.isUnsignedInteger {
      guard let unsigned else { return set(0, input) }
      let results = try input.integers().map { Int64(bitPattern: unsigned(UInt64(bitPattern: $0))) }
      return set(0, try Tensor(integers: results, as: input.elementType, shape: input.shape))
    }
    set(0, try Tensor(integers: input.integers().map(signed), as: input.elementType, shape: input.shape))
  }

  /// Sets output 0 to the broadcast combination of inputs 0 and 1.
  ///
  /// - Parameter unsigned: for `uint64`, where it differs from `signed`.
  mutating func combine(
    _ floating: (Double, Double) -> Double, _ signed: (Int64, Int64) throws -> Int64,
    unsigned: ((UInt64, UInt64) throws -> UInt64)? = nil
  ) throws {
    let (left, right) = (try tensor(0), try tensor(1))
    try requireSameType(left, right)
    let shape = try broadcastShape([left, right])
    if left.elementType.isFloatingPoint {
      let a = Broadcasting.expand(try left.doubles(), from: left.shape, to: shape)
      let b = Broadcasting.expand(try right.doubles(), from: right.shape, to: shape)
      return set(0, try Tensor(doubles: zip(a, b).map(floating), as: left.elementType, shape: shape))
    }
    let a = Broadcasting.expand(try left.integers(), from: left.shape, to: shape)
    let b = Broadcasting.expand(try right.integers(), from: right.shape, to: shape)
    let results: [Int64]
    if let unsigned, left.elementType == .uint64 {
      results = try zip(a, b).map {
        Int64(bitPattern: try unsigned(UInt64(bitPattern: $0), UInt64(bitPattern: $1)))
      }
    } else {
      results = try zip(a, b).map(signed)
    }
    set(0, try Tensor(integers: results, as: left.elementType, shape: shape))
  }

  /// Sets output 0 to the broadcast accumulation of all inputs, rounded once at the end.
  mutating func accumulate(
    _ floating: (Double, Double) -> Double, _ signed: (Int64, Int64) -> Int64,
    unsigned: ((UInt64, UInt64) -> UInt64)? = nil, finish: ((Double) -> Double)? = nil
  ) throws {
    let parts = try inputs.indices.map { try tensor($0) }
    guard let first = parts.first else { throw failure("needs at least one input") }
    for part in parts { try requireSameType(first, part) }
    let shape = try broadcastShape(parts)
    if first.elementType.isFloatingPoint {
      var total = Broadcasting.expand(try first.doubles(), from: first.shape, to: shape)
      for part in parts.dropFirst() {
        total = zip(total, Broadcasting.expand(try part.doubles(), from: part.shape, to: shape)).map(floating)
      }
      if let finish { total = total.map(finish) }
      return set(0, try Tensor(doubles: total, as: first.elementType, shape: shape))
    }
    var total = Broadcasting.expand(try first.integers(), from: first.shape, to: shape)
    for part in parts.dropFirst() {
      let next = Broadcasting.expand(try part.integers(), from: part.shape, to: shape)
      if let unsigned, first.elementType == .uint64 {
        total = zip(total, next).map {
          Int64(bitPattern: unsigned(UInt64(bitPattern: $0), UInt64(bitPattern: $1)))
        }
      } else {
        total = zip(total, next).map(signed)
      }
    }
    set(0, try Tensor(integers: total, as: first.elementType, shape: shape))
  }

  /// Fails where the types of two operands differ.
  func requireSameType(_ left: Tensor, _ right: Tensor) throws {
    guard left.elementType == right.elementType else {
      throw failure("operands are of \(left.elementType.onnxName) and \(right.elementType.onnxName)")
    }
  }
}

extension Tensor {
  /// A tensor of any real type: rounded to nearest where floating, toward zero where integer (then keeping the
  /// low bits), whether it is zero where `bool`.
  init(numbers: [Double], as elementType: ElementType, shape: [Int]) throws {
    if elementType.isFloatingPoint {
      try self.init(doubles: numbers, as: elementType, shape: shape)
    } else if elementType == .bool {
      try self.init(numbers.map { $0 != 0 }, shape: shape)
    } else if elementType == .uint64 {
      try self.init(numbers.map(UInt64.init(truncating:)), shape: shape)
    } else {
      try self.init(integers: numbers.map(Int64.init(truncating:)), as: elementType, shape: shape)
    }
  }
}

extension FixedWidthInteger {
  /// The number rounded toward zero, the nearest bound where it is out of range, and 0 where it is none.
  init(truncating number: Double) {
    if number.isNaN {
      self = 0
    } else {
      self = Self(exactly: number.rounded(.towardZero)) ?? (number < 0 ? Self.min : Self.max)
    }
  }
}
