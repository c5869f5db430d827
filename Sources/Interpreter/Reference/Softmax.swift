import Graph
import Numerics

extension ReferenceFamily {
  /// Functions that turn scores along an axis into a distribution.
  static let softmax = ReferenceFamily(
    "Softmax",
    [
      ReferenceOperator("Softmax") { call in
        let round = try rounding(call)
        try call.mapLanes { lane in
          let exponentials = shifted(lane, round).map { round(.exp($0)) }
          let total = round(exponentials.reduce(0, +))
          return exponentials.map { $0 / total }
        }
      },
      ReferenceOperator("LogSoftmax") { call in
        let round = try rounding(call)
        try call.mapLanes { lane in
          let lane = shifted(lane, round)
          let logarithm = round(.log(round(lane.reduce(0) { $0 + round(.exp($1)) })))
          return lane.map { $0 - logarithm }
        }
      },
      ReferenceOperator("Hardmax") { call in
        try call.mapLanes { lane in
          let winner = lane.indices.reduce(0) { lane[$1] > lane[$0] ? $1 : $0 }
          return lane.indices.map { $0 == winner ? 1 : 0 }
        }
      },
    ])

  /// The largest score moved to zero, so that no exponential overflows.
  private static func shifted(_ lane: [Double], _ round: (Double) -> Double) -> [Double] {
    let largest = lane.reduce(-Double.infinity, larger)
    return lane.map { round($0 - largest) }
  }

  /// How steps round. The standard defines these operators by functions (Softmax-13, LogSoftmax-13) of which each
  /// step rounds to the type; 16-bit types are so coarse that its tests can tell.
  private static func rounding(_ call: ReferenceCall) throws -> (Double) -> Double {
    switch try call.tensor(0).elementType {
    case .float16: { Double(Float16($0)) }
    case .bfloat16: { Double(BFloat16(rounding: $0).floatValue) }
    default: { $0 }
    }
  }
}

extension ReferenceCall {
  /// Sets output 0 to `function` of each lane of input 0 along attribute `axis` (the last by default).
  mutating func mapLanes(_ function: ([Double]) -> [Double]) throws {
    let input = try tensor(0)
    // A scalar is one lane of one element.
    let shape = input.rank == 0 ? [1] : input.shape
    let axis = try normalizedAxis(node.int("axis") ?? -1, rank: shape.count)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let extent = shape[axis]
    var values = try input.doubles()
    guard !values.isEmpty else { return set(0, input) }
    for lane in 0..<(values.count / extent) {
      let start = lane / inner * inner * extent + lane % inner
      let result = function((0..<extent).map { values[start + $0 * inner] })
      for step in 0..<extent { values[start + step * inner] = result[step] }
    }
    set(0, try Tensor(doubles: values, as: input.elementType, shape: input.shape))
  }
}
