/// What a layer was made with, beside its tensors: what a state_dict leaves to be guessed.
///
/// A network that was saved whole tells it for every layer; a description in JSON for those that it names. What is
/// `nil` is the family's own rule.
public struct LayerFacts: Sendable, Hashable {
  /// A convolution's step, `[height, width]`.
  public var stride: [Int]?
  /// Zeros around a map, `[height, width]`.
  public var padding: [Int]?
  /// Distance of a kernel's taps, `[height, width]`.
  public var dilation: [Int]?
  /// Groups of channels that a convolution keeps apart.
  public var groups: Int?
  /// BatchNorm's epsilon.
  public var epsilon: Float?

  /// Facts of nothing.
  public init() {}

  /// Whether something is said that only a convolution has.
  var isConvolution: Bool { stride != nil || padding != nil || dilation != nil || groups != nil }

  /// Takes over what `other` knows.
  mutating func merge(_ other: LayerFacts) {
    stride = other.stride ?? stride
    padding = other.padding ?? padding
    dilation = other.dilation ?? dilation
    groups = other.groups ?? groups
    epsilon = other.epsilon ?? epsilon
  }
}

extension LayerFacts: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case stride, padding, dilation, groups
    case epsilon = "eps"
  }

  /// A key as it stands in the file.
  private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads `{"stride": 2, "padding": [1, 1], "dilation": 1, "groups": 1, "eps": 1e-3}` or a part of it.
  public init(from decoder: any Decoder) throws {
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys
    where CodingKeys(stringValue: key.stringValue) == nil {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath + [key],
          debugDescription: "known keys are \(CodingKeys.allCases.map(\.rawValue).joined(separator: ", "))"))
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func pair(_ key: CodingKeys, least: Int) throws -> [Int]? {
      guard container.contains(key) else { return nil }
      let values =
        if let one = try? container.decode(Int.self, forKey: key) { [one, one] } else {
          try container.decode([Int].self, forKey: key)
        }
      guard values.count == 2, values.allSatisfy({ (least...4096).contains($0) }) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "needs one number or two, from \(least) to 4096")
      }
      return values
    }
    stride = try pair(.stride, least: 1)
    padding = try pair(.padding, least: 0)
    dilation = try pair(.dilation, least: 1)
    groups = try container.decodeIfPresent(Int.self, forKey: .groups)
    epsilon = try container.decodeIfPresent(Float.self, forKey: .epsilon)
    guard groups.map({ $0 > 0 }) ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .groups, in: container, debugDescription: "needs 1 or more")
    }
    guard epsilon.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .epsilon, in: container, debugDescription: "needs 0 or more")
    }
  }
}
