import Graph

extension ReferenceFamily {
  /// Preparing rows of features for classical models (domain `ai.onnx.ml`).
  static let features = ReferenceFamily(
    "Features",
    [
      ReferenceOperator("ArrayFeatureExtractor", domain: classicalDomain) { try extractFeatures(&$0) },
      ReferenceOperator("Binarizer", domain: classicalDomain) { call in
        let threshold = Double(call.node.float("threshold") ?? 0)
        try call.mapNumbers { $0 > threshold ? 1 : 0 }
      },
      ReferenceOperator("FeatureVectorizer", domain: classicalDomain) { try joinFeatures(&$0) },
      ReferenceOperator("Imputer", domain: classicalDomain) { try impute(&$0) },
      ReferenceOperator("Normalizer", domain: classicalDomain) { try normalize(&$0) },
      ReferenceOperator("OneHotEncoder", domain: classicalDomain) { try encodeOneHot(&$0) },
      ReferenceOperator("Scaler", domain: classicalDomain) { call in
        let rows = try call.featureRows()
        let offset = try call.perFeature("offset", fallback: 0, width: rows.width)
        let scale = try call.perFeature("scale", fallback: 1, width: rows.width)
        let scaled = rows.values.enumerated().map { index, value in
          (value - offset[index % rows.width]) * scale[index % rows.width]
        }
        call.set(0, try Tensor(doubles: scaled, as: .float32, shape: call.tensor(0).shape))
      },
    ])

  static let classicalDomain = "ai.onnx.ml"

  /// Picks positions on the last axis; a vector counts as one row.
  private static func extractFeatures(_ call: inout ReferenceCall) throws {
    let (input, indices) = (try call.tensor(0), try call.tensor(1).integers())
    guard let width = input.shape.last else { throw call.failure("the input is a scalar") }
    for index in indices where index < 0 || index >= width {
      throw call.failure("index \(index) is out of range for \(width) features")
    }
    let outer = input.rank == 1 ? [1] : Array(input.shape.dropLast())
    let picked = try input.selecting(indices.map { Int($0) }, axis: input.rank - 1)
    call.set(0, try picked.reshaped(to: outer + [indices.count]))
  }

  /// Rows side by side, each input cut or filled up with zeros to its length in `inputdimensions`.
  private static func joinFeatures(_ call: inout ReferenceCall) throws {
    let parts = try call.inputs.indices.map { try call.featureRows($0) }
    let lengths = call.node.ints("inputdimensions") ?? parts.map(\.width)
    guard lengths.count == parts.count, lengths.allSatisfy({ $0 >= 0 }) else {
      throw call.failure("inputdimensions \(lengths) does not fit \(parts.count) inputs")
    }
    let count = parts.first?.count ?? 0
    guard parts.allSatisfy({ $0.count == count }) else {
      throw call.failure("inputs have \(parts.map { "\($0.count)" }.joined(separator: ", ")) rows")
    }
    let width = lengths.reduce(0, &+)
    _ = try call.checkedCount(of: [count, width])
    var joined: [Double] = []
    for row in 0..<count {
      for (part, length) in zip(parts, lengths) {
        let kept = part.row(row).prefix(length)
        joined += kept
        joined += Array(repeating: 0, count: length - kept.count)
      }
    }
    call.set(0, try Tensor(doubles: joined, as: .float32, shape: [count, width]))
  }

  /// Replaces one value, or NaN, by its feature's.
  private static func impute(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let width = input.shape.last ?? 1
    func check(_ count: Int) throws {
      guard count == 1 || count == width else {
        throw call.failure("\(count) imputed values don't fit \(width) features")
      }
    }
    if input.elementType.isFloatingPoint {
      let values = (call.node.floats("imputed_value_floats") ?? []).map { Double($0) }
      let replaced = Double(call.node.float("replaced_value_float") ?? 0)
      try check(values.count)
      let results = try input.doubles().enumerated().map { index, value in
        let isMissing = replaced.isNaN ? value.isNaN : value == replaced
        return isMissing ? values[values.count == 1 ? 0 : index % width] : value
      }
      return call.set(0, try Tensor(doubles: results, as: input.elementType, shape: input.shape))
    }
    let values = call.node.ints("imputed_value_int64s") ?? []
    let replaced = call.node.int("replaced_value_int64") ?? 0
    try check(values.count)
    let results = try input.integers().enumerated().map { index, value in
      value == replaced ? Int64(values[values.count == 1 ? 0 : index % width]) : value
    }
    call.set(0, try Tensor(integers: results, as: input.elementType, shape: input.shape))
  }

  /// Divides each row by its norm; a row of zeros stays as it is.
  private static func normalize(_ call: inout ReferenceCall) throws {
    let rows = try call.featureRows()
    let name = call.node.string("norm") ?? "MAX"
    let norms: [String: ([Double]) -> Double] = [
      "MAX": { $0.reduce(0) { max($0, abs($1)) } },
      "L1": { $0.reduce(0) { $0 + abs($1) } },
      "L2": { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() },
    ]
    guard let norm = norms[name] else { throw call.failure("norm is '\(name)', needs MAX, L1 or L2") }
    let results = (0..<rows.count).flatMap { index -> [Double] in
      let row = Array(rows.row(index))
      let length = norm(row)
      return length == 0 ? row : row.map { $0 / length }
    }
    call.set(0, try Tensor(doubles: results, as: .float32, shape: call.tensor(0).shape))
  }

  private static func encodeOneHot(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let positions: [Int?]
    let count: Int
    if let categories = call.node.strings("cats_strings"), !categories.isEmpty {
      let table = Dictionary(categories.enumerated().map { ($1, $0) }) { _, last in last }
      positions = try input.strings().map { table[$0] }
      count = categories.count
    } else {
      let categories = call.node.ints("cats_int64s") ?? []
      let table = Dictionary(categories.enumerated().map { ($1, $0) }) { _, last in last }
      positions = try input.doubles().map { Int(exactly: $0.rounded(.towardZero)).flatMap { table[$0] } }
      count = categories.count
    }
    guard count > 0 else { throw call.failure("names no categories") }
    if call.node.int("zeros") == 0, let lost = positions.firstIndex(of: nil) {
      throw call.failure("element \(lost) is of no known category, and zeros is 0")
    }
    let shape = input.shape + [count]
    var results = Array(repeating: Float(0), count: try call.checkedCount(of: shape))
    for (index, position) in positions.enumerated() {
      if let position { results[index * count + position] = 1 }
    }
    call.set(0, try Tensor(results, shape: shape))
  }
}

/// Rows of as many features each.
struct FeatureRows {
  let count: Int
  let width: Int
  let values: [Double]

  func row(_ index: Int) -> ArraySlice<Double> { values[(index * width)..<((index + 1) * width)] }
}

extension ReferenceCall {
  /// An input `[N, F]`; a vector `[F]` is one row.
  ///
  /// - Throws: `InterpreterError` where it is of another rank or has no features.
  func featureRows(_ index: Int = 0) throws -> FeatureRows {
    let tensor = try tensor(index)
    guard tensor.rank == 1 || tensor.rank == 2, let width = tensor.shape.last, width > 0 else {
      throw failure("input \(index) is of shape \(tensor.shape), needs rows of features")
    }
    return FeatureRows(
      count: tensor.rank == 1 ? 1 : tensor.shape[0], width: width, values: try tensor.doubles())
  }

  /// A list attribute with a value for each feature, or one for all.
  func perFeature(_ name: String, fallback: Double, width: Int) throws -> [Double] {
    let values = (node.floats(name) ?? []).map { Double($0) }
    if values.isEmpty { return Array(repeating: fallback, count: width) }
    if values.count == 1 { return Array(repeating: values[0], count: width) }
    guard values.count == width else {
      throw failure("\(name) has \(values.count) values for \(width) features")
    }
    return values
  }
}
