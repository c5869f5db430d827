import Graph
import Numerics

extension ReferenceFamily {
  /// Operators that draw numbers, and the one that drops them.
  ///
  /// Equal seeds give equal numbers; without a seed the run's counts.
  static let random = ReferenceFamily(
    "Random",
    [
      ReferenceOperator("RandomNormal") { call in try draw(&call, shape: call.drawnShape(), normal) },
      ReferenceOperator("RandomUniform") { call in try draw(&call, shape: call.drawnShape(), uniform) },
      ReferenceOperator("RandomNormalLike") { call in try draw(&call, shape: call.tensor(0).shape, normal) },
      ReferenceOperator("RandomUniformLike") { call in
        try draw(&call, shape: call.tensor(0).shape, uniform)
      },
      ReferenceOperator("Bernoulli") { call in
        let input = try call.tensor(0)
        let type = try call.elementType(named: "dtype", fallback: input.elementType)
        var generator = MersenneTwister(seed: call.randomSeed(call.node.float("seed")))
        let results = try input.doubles().map { generator.nextUniform() < $0 ? 1.0 : 0 }
        call.set(0, try Tensor(numbers: results, as: type, shape: input.shape))
      },
      ReferenceOperator("Multinomial") { call in try multinomial(&call) },
      ReferenceOperator("Dropout") { call in try dropout(&call) },
    ])

  private static func normal(_ call: ReferenceCall, _ generator: inout MersenneTwister) -> Double {
    call.number("mean", 0) + call.number("scale", 1) * generator.nextNormal()
  }

  private static func uniform(_ call: ReferenceCall, _ generator: inout MersenneTwister) -> Double {
    let (low, high) = (call.number("low", 0), call.number("high", 1))
    return low + (high - low) * generator.nextUniform()
  }

  private static func draw(
    _ call: inout ReferenceCall, shape: [Int],
    _ next: (ReferenceCall, inout MersenneTwister) -> Double
  ) throws {
    let fallback = try call.optionalTensor(0)?.elementType ?? .float32
    let type = try call.elementType(named: "dtype", fallback: fallback)
    var generator = MersenneTwister(seed: call.randomSeed(call.node.float("seed")))
    let current = call
    let values = (0..<(try call.checkedCount(of: shape))).map { _ in next(current, &generator) }
    call.set(0, try Tensor(numbers: values, as: type, shape: shape))
  }

  /// Classes drawn by unnormalized log-probabilities `[N, classes]` (ONNX Multinomial-22).
  private static func multinomial(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard input.rank == 2, input.shape[1] > 0 else {
      throw call.failure("needs log-probabilities [N, classes], found \(input.shape)")
    }
    let type = try call.elementType(named: "dtype", fallback: .int32)
    let count = call.node.int("sample_size") ?? 1
    let (rows, classes) = (input.shape[0], input.shape[1])
    _ = try call.checkedCount(of: [rows, count])
    var generator = MersenneTwister(seed: call.randomSeed(call.node.float("seed")))
    let scores = try input.doubles()
    var drawn: [Int64] = []
    for row in 0..<rows {
      let own = scores[(row * classes)..<((row + 1) * classes)]
      let largest = own.reduce(-Double.infinity, larger)
      var total = 0.0
      let sums = own.map { score in
        total += .exp(score - largest)
        return total
      }
      for _ in 0..<count {
        let point = generator.nextUniform() * total
        drawn.append(Int64(sums.firstIndex { point < $0 } ?? classes - 1))
      }
    }
    call.set(0, try Tensor(integers: drawn, as: type, shape: [rows, count]))
  }

  /// Elements are kept with probability `1 - ratio` and then scaled up, in training only (ONNX Dropout-22).
  private static func dropout(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let ratio = try call.optionalTensor(1)?.doubles().first ?? 0.5
    let trains = try call.optionalTensor(2)?.elements(of: Bool.self).first ?? false
    guard ratio >= 0, ratio < 1 else { throw call.failure("ratio is \(ratio), needs to be in [0, 1)") }
    guard trains, ratio > 0 else {
      call.set(0, input)
      return call.set(1, try Tensor(Array(repeating: true, count: input.count), shape: input.shape))
    }
    // Here alone the seed is an integer.
    let seed = call.node.int("seed").map { UInt64(bitPattern: Int64($0)) } ?? call.randomSeed(nil)
    var generator = MersenneTwister(seed: seed)
    let mask = (0..<input.count).map { _ in generator.nextUniform() >= ratio }
    let scale = 1 / (1 - ratio)
    let results = zip(mask, try input.doubles()).map { $0 ? $1 * scale : 0 }
    call.set(0, try Tensor(doubles: results, as: input.elementType, shape: input.shape))
    call.set(1, try Tensor(mask, shape: input.shape))
  }
}

extension ReferenceCall {
  /// The attribute `shape`.
  fileprivate func drawnShape() throws -> [Int] {
    guard let shape = node.ints("shape") else { throw failure("needs the attribute 'shape'") }
    return shape
  }
}
