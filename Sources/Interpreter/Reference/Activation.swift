import Graph
import Numerics

extension ReferenceFamily {
  /// Functions of one element that networks put after a layer.
  static let activation = ReferenceFamily(
    "Activation",
    [
      ReferenceOperator("Relu") { call in
        let input = try call.tensor(0)
        if input.elementType.isFloatingPoint {
          // Not `max`, which may drop a NaN.
          try call.mapDoubles { $0 < 0 ? 0 : $0 }
        } else {
          call.set(
            0,
            try Tensor(
              integers: input.integers().map { max(0, $0) }, as: input.elementType, shape: input.shape))
        }
      },
      ReferenceOperator("Sigmoid") { call in try call.mapDoubles { 1 / (1 + .exp(-$0)) } },
    ])
}

extension ReferenceCall {
  /// Sets output 0 to `function` of each element of input 0, which must be floating.
  mutating func mapDoubles(_ function: (Double) -> Double) throws {
    let input = try tensor(0)
    set(0, try Tensor(doubles: input.doubles().map(function), as: input.elementType, shape: input.shape))
  }
}
