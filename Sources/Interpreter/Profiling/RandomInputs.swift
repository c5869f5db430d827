import Graph
import OrderedCollections

/// Inputs of the shapes that a model declares, for measuring and checking without data.
public struct RandomInputs: Sendable {
  /// How many samples, where the model leaves it open.
  public var batch: Int?
  /// Height and width, where the model leaves them open.
  public var size: (height: Int, width: Int)?
  /// The same seed gives the same numbers.
  public var seed: UInt64

  /// Random inputs of this kind.
  public init(batch: Int? = nil, size: (height: Int, width: Int)? = nil, seed: UInt64 = 0) {
    self.batch = batch
    self.size = size
    self.seed = seed
  }

  /// A value for every input without a default: floats evenly from −1 to 1, integers 0 or 1, truth values.
  ///
  /// An open first dimension is the batch (1 unless told), open height and width of inputs of four dimensions
  /// are the size.
  ///
  /// - Throws: `InterpreterError.input` where a dimension stays open or a type has no random values.
  public func values(for graph: Graph) throws -> OrderedDictionary<String, RuntimeValue> {
    var generator = SplitMix64(state: seed)
    var values: OrderedDictionary<String, RuntimeValue> = [:]
    for input in graph.requiredInputs {
      func refuse(_ reason: String) -> InterpreterError { .input(input.name, reason: reason) }
      if case .optional(let element)? = input.type {
        values[input.name] = .optional(nil, element: element)
        continue
      }
      guard case .tensor(let elementType, let shape?)? = input.type else {
        throw refuse("has no declared shape to make up values of; give it with --inputs")
      }
      let extents = try extents(of: shape, input: input.name)
      let count = try Tensor.elementCount(of: extents)
      let tensor: Tensor
      if elementType.isFloatingPoint {
        let numbers = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
        tensor = try Tensor(doubles: numbers, as: elementType, shape: extents)
      } else if elementType.isInteger || elementType == .bool {
        let numbers = (0..<count).map { _ in Int64.random(in: 0...1, using: &generator) }
        tensor = try Tensor(integers: numbers, as: elementType, shape: extents)
      } else {
        throw refuse("takes \(elementType.onnxName), of which no values are made up; give it with --inputs")
      }
      values[input.name] = .tensor(tensor)
    }
    return values
  }

  private func extents(of shape: Shape, input: String) throws -> [Int] {
    let isPicture = shape.rank == 4
    let isChannelsLast =
      isPicture && [1, 3].contains(shape.dimensions[3].fixedValue) && shape.dimensions[1].fixedValue == nil
    return try shape.dimensions.enumerated().map { axis, dimension in
      if let fixed = dimension.fixedValue {
        if axis == 0, isPicture, let batch, batch != fixed {
          throw InterpreterError.input(input, reason: "has a fixed batch of \(fixed), not \(batch)")
        }
        return fixed
      }
      if axis == 0 { return batch ?? 1 }
      if isPicture {
        let place = isChannelsLast ? axis : axis - 1
        guard [1, 2].contains(place) else {
          throw InterpreterError.input(
            input, reason: "\(shape) does not say how many channels; give it with --inputs")
        }
        guard let size else {
          throw InterpreterError.input(
            input, reason: "\(shape) leaves height and width open; give --size HxW")
        }
        return place == 1 ? size.height : size.width
      }
      throw InterpreterError.input(
        input, reason: "\(shape) leaves dimension \(axis) (\(dimension)) open; give it with --inputs")
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
