import Graph

extension Kernel {
  static let reduction = [
    Kernel("ReduceMean", "mean-over-channels") { call in
      try reduceChannels(&call, start: 0, finish: { $0 / Double($1) }) { $0 + Double($1) }
    },
    Kernel("ReduceMax", "max-over-channels") { call in
      try reduceChannels(&call, start: -.infinity, finish: { value, _ in value }) {
        Double($1) > $0 || $1.isNaN ? Double($1) : $0
      }
    },
  ]

  /// Reduction of `[N, C, …]` over C, the one that spatial attention needs.
  private static func reduceChannels(
    _ call: inout ReferenceCall, start: Double, finish: (Double, Int) -> Double,
    _ combine: (Double, Float) -> Double
  ) throws -> Bool {
    guard let input = call.singles(1)?.first, input.rank >= 2, input.count > 0,
      try call.optionalInts(1) == [1]
    else { return false }
    let (batch, channels) = (input.shape[0], input.shape[1])
    let inner = input.shape[2...].reduce(1, *)
    var sums = Array(repeating: start, count: batch * inner)
    try input.withElements(of: Float.self) { values in
      for image in 0..<batch {
        for channel in 0..<channels {
          let base = (image * channels + channel) * inner
          for index in 0..<inner {
            sums[image * inner + index] = combine(sums[image * inner + index], values[base + index])
          }
        }
      }
    }
    var shape = input.shape
    if call.node.int("keepdims") == 0 { shape.remove(at: 1) } else { shape[1] = 1 }
    call.set(0, try Tensor(sums.map { Float(finish($0, channels)) }, shape: shape))
    return true
  }
}
