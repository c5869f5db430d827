import Graph

extension Kernel {
  static let normalization = [
    Kernel("BatchNormalization", "scale+shift") { call in try batchNormalization(&call) }
  ]

  /// One multiplication and one addition an element; scale and shift are formed in `Double`.
  private static func batchNormalization(_ call: inout ReferenceCall) throws -> Bool {
    guard call.node.int("training_mode") != 1, let operands = call.singles(5), operands[0].rank >= 2,
      operands[0].count > 0
    else { return false }
    let channels = operands[0].shape[1]
    let parameters = try operands[1...].map { try $0.doubles() }
    guard parameters.allSatisfy({ $0.count == channels }) else { return false }
    let epsilon = Double(call.node.float("epsilon") ?? 1e-5)
    let scale = (0..<channels).map { parameters[0][$0] / (parameters[3][$0] + epsilon).squareRoot() }
    let shift = (0..<channels).map { parameters[1][$0] - parameters[2][$0] * scale[$0] }
    let inner = operands[0].shape[2...].reduce(1, *)
    var result = operands[0]
    try result.withMutableElements(of: Float.self) { values in
      for plane in 0..<(values.count / inner) {
        let (a, b) = (Float(scale[plane % channels]), Float(shift[plane % channels]))
        for index in (plane * inner)..<((plane + 1) * inner) { values[index] = values[index] * a + b }
      }
    }
    call.set(0, result)
    return true
  }
}
