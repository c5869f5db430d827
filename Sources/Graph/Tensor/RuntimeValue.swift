import OrderedCollections

/// A value while a graph runs.
public indirect enum RuntimeValue: Sendable, Equatable {
  /// A dense tensor.
  case tensor(Tensor)
  /// A sparse tensor.
  case sparseTensor(SparseTensor)
  /// A sequence of values of one type; the type is kept because a sequence may be empty.
  case sequence([RuntimeValue], element: ValueType)
  /// A value that may be absent; the type is kept because it may be.
  case optional(RuntimeValue?, element: ValueType)
  /// A map, in insertion order.
  case map(OrderedDictionary<MapKey, RuntimeValue>, key: ElementType, value: ValueType)

  /// A key of a map.
  public enum MapKey: Hashable, Sendable {
    case int(Int64)
    case string(String)
  }

  /// The value's type, with real extents.
  public var type: ValueType {
    switch self {
    case .tensor(let tensor): .tensor(tensor.elementType, Shape(tensor.shape))
    case .sparseTensor(let sparse): .sparseTensor(sparse.values.elementType, Shape(sparse.shape))
    case .sequence(_, let element): .sequence(element)
    case .optional(_, let element): .optional(element)
    case .map(_, let key, let value): .map(key: key, value: value)
    }
  }

  /// The tensor, where this is one.
  public var tensor: Tensor? {
    if case .tensor(let tensor) = self { tensor } else { nil }
  }
}
