/// The extents of a value's dimensions, outermost first.
public struct Shape: Hashable, Sendable, CustomStringConvertible, ExpressibleByArrayLiteral {
  /// The dimensions, outermost first.
  public var dimensions: [Dimension]

  /// A shape of these dimensions.
  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }
  /// A shape of fixed extents.
  public init(_ extents: [Int]) { dimensions = extents.map(Dimension.fixed) }
  /// A shape of these dimensions.
  public init(arrayLiteral elements: Dimension...) { dimensions = elements }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The extents, where all are fixed.
  public var fixedExtents: [Int]? {
    let extents = dimensions.compactMap(\.fixedValue)
    return extents.count == dimensions.count ? extents : nil
  }

  /// `[batch, 3, 32, 32]`.
  public var description: String { "[" + dimensions.map(\.description).joined(separator: ", ") + "]" }
}

/// The type of a value in a graph (`TypeProto`).
public indirect enum ValueType: Hashable, Sendable, CustomStringConvertible {
  /// A dense tensor; a `nil` shape has unknown rank.
  case tensor(ElementType, Shape?)
  /// A sparse tensor.
  case sparseTensor(ElementType, Shape?)
  /// A sequence of values of one type.
  case sequence(ValueType)
  /// A value that may be absent.
  case optional(ValueType)
  /// A map from keys of an integer or string type.
  case map(key: ElementType, value: ValueType)

  /// The element type, where this is a tensor.
  public var elementType: ElementType? {
    switch self {
    case .tensor(let type, _), .sparseTensor(let type, _): type
    default: nil
    }
  }

  /// The shape, where this is a tensor of known rank.
  public var shape: Shape? {
    switch self {
    case .tensor(_, let shape), .sparseTensor(_, let shape): shape
    default: nil
    }
  }

  /// The type without shapes, in the standard's notation: `seq(tensor(float))`.
  public var onnxName: String {
    switch self {
    case .tensor(let type, _): "tensor(\(type.onnxName))"
    case .sparseTensor(let type, _): "sparse_tensor(\(type.onnxName))"
    case .sequence(let element): "seq(\(element.onnxName))"
    case .optional(let element): "optional(\(element.onnxName))"
    case .map(let key, let value): "map(\(key.onnxName),\(value.onnxName))"
    }
  }

  /// The type with its shape: `float [batch, 3, 32, 32]`.
  public var description: String {
    switch self {
    case .tensor(let type, let shape): type.onnxName + (shape.map { " \($0)" } ?? "")
    case .sparseTensor(let type, let shape): "sparse " + type.onnxName + (shape.map { " \($0)" } ?? "")
    case .sequence(let element): "seq(\(element))"
    case .optional(let element): "optional(\(element))"
    case .map(let key, let value): "map(\(key.onnxName), \(value))"
    }
  }
}

/// A named value at a graph's border, or a note on one inside (`ValueInfoProto`).
public struct Value: Hashable, Sendable {
  /// The name that nodes refer to.
  public var name: String
  /// The type; `nil` where the file doesn't say.
  public var type: ValueType?
  /// A note for people.
  public var documentation: String

  /// A value of this name and type.
  public init(_ name: String, _ type: ValueType?, documentation: String = "") {
    self.name = name
    self.type = type
    self.documentation = documentation
  }
}
