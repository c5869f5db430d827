import Graph

/// What an attention module let through of one picture's features: weights from 0 to 1.
///
/// CBAM (Woo et al., 2018) multiplies features `[N, C, H, W]` by a channel attention, one weight for each of C,
/// and a spatial attention, one for each place; both come out of a sigmoid.
public enum AttentionMap: Sendable, Equatable {
  /// One weight a channel.
  case channel([Float])
  /// One weight a place.
  case spatial(HeatMap)

  /// The map of picture `row` of a batch: `[N, C]`, `[N, C, 1, 1]` and `[N, 1, 1, C]` are channel attention,
  /// `[N, 1, H, W]` and `[N, H, W, 1]` spatial attention; `nil` for every other shape.
  ///
  /// - Throws: `TensorError` where the elements are no numbers, `PictureError` where one is not finite.
  public init?(_ tensor: Tensor, row: Int) throws {
    let shape = tensor.shape
    guard tensor.elementType.isFloatingPoint, [2, 4].contains(shape.count), row >= 0, row < shape[0] else {
      return nil
    }
    let length = shape.dropFirst().reduce(1, *)
    let values = try tensor.doubles()[row * length..<(row + 1) * length].map { Float($0) }
    let sides = Array(shape.dropFirst())
    if sides.dropFirst().allSatisfy({ $0 == 1 }) || sides.dropLast().allSatisfy({ $0 == 1 }) {
      self = .channel(values)
    } else if sides[0] == 1 {
      self = .spatial(try HeatMap(width: sides[2], height: sides[1], values: values))
    } else if sides[2] == 1 {
      self = .spatial(try HeatMap(width: sides[1], height: sides[0], values: values))
    } else {
      return nil
    }
  }
}

/// A value of a graph that may be attention.
public struct AttentionValue: Sendable, Equatable {
  /// The value's name.
  public let value: String
  /// The name of the node that writes it, or the value's where the node has none.
  public let node: String
}

extension Graph {
  /// Values that gate others: a sigmoid's output that is multiplied with something it was not computed from
  /// directly, with no more than changes of shape between. Which of them are attention, and of which kind, their
  /// shapes tell (`AttentionMap`).
  public func attentionValues() -> [AttentionValue] {
    var writers: [String: Node] = [:]
    for node in nodes { for output in node.outputs where !output.isEmpty { writers[output] = node } }
    var found: [AttentionValue] = []
    for product in nodes where product.operatorType == "Mul" && product.domain.isEmpty {
      for (side, other) in [(0, 1), (1, 0)] {
        guard let start = product.input(side), let gate = Self.gate(start, writers),
          let value = gate.output(0), gate.input(0) != product.input(other)
        else { continue }
        let entry = AttentionValue(value: value, node: gate.name.isEmpty ? value : gate.name)
        if !found.contains(entry) { found.append(entry) }
      }
    }
    return found
  }

  /// The sigmoid that `name` comes from.
  private static func gate(_ name: String, _ writers: [String: Node]) -> Node? {
    var name = name
    while let writer = writers[name], writer.domain.isEmpty {
      switch writer.operatorType {
      case "Sigmoid", "HardSigmoid": return writer
      case "Reshape", "Unsqueeze", "Squeeze", "Expand", "Identity", "Cast", "Flatten":
        guard let input = writer.input(0) else { return nil }
        name = input
      default: return nil
      }
    }
    return nil
  }
}
