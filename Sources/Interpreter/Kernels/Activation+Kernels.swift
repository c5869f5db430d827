import Glibc
import Graph

extension Kernel {
  static let activation = [
    Kernel("Relu", "relu") { call in
      // A NaN compares false and stays.
      try call.mapSingles { $0 < 0 ? 0 : $0 }
    },
    Kernel("Sigmoid", "sigmoid") { call in try call.mapSingles { 1 / (1 + expf(-$0)) } },
  ]
}

extension ReferenceCall {
  /// Sets output 0 to `function` of each element of input 0, where that is float32.
  mutating func mapSingles(_ function: (Float) -> Float) throws -> Bool {
    guard var tensor = singles(1)?.first else { return false }
    try tensor.withMutableElements(of: Float.self) { values in
      for index in values.indices { values[index] = function(values[index]) }
    }
    set(0, tensor)
    return true
  }
}
