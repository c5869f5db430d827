/// The value of a node's attribute (`AttributeProto`).
public indirect enum Attribute: Sendable, Equatable {
  case float(Float)
  case int(Int64)
  /// Text; bytes that are no UTF-8 were repaired when read.
  case string(String)
  case tensor(Tensor)
  case sparseTensor(SparseTensor)
  case graph(Graph)
  case type(ValueType)
  case floats([Float])
  case ints([Int64])
  case strings([String])
  case tensors([Tensor])
  case sparseTensors([SparseTensor])
  case graphs([Graph])
  case types([ValueType])
  /// In a function's body: the value of the calling node's attribute `name`; `kind` says of what kind it is.
  case reference(name: String, kind: Kind)

  /// The kinds of attribute; raw values are the standard's codes.
  public enum Kind: Int32, Sendable, Equatable, CaseIterable {
    case float = 1
    case int = 2
    case string = 3
    case tensor = 4
    case graph = 5
    case floats = 6
    case ints = 7
    case strings = 8
    case tensors = 9
    case graphs = 10
    case sparseTensor = 11
    case sparseTensors = 12
    case type = 13
    case types = 14
  }

  /// What kind of value this is.
  public var kind: Kind {
    switch self {
    case .float: .float
    case .int: .int
    case .string: .string
    case .tensor: .tensor
    case .sparseTensor: .sparseTensor
    case .graph: .graph
    case .type: .type
    case .floats: .floats
    case .ints: .ints
    case .strings: .strings
    case .tensors: .tensors
    case .sparseTensors: .sparseTensors
    case .graphs: .graphs
    case .types: .types
    case .reference(_, let kind): kind
    }
  }

  /// The sparse tensors inside.
  var sparseTensors: [SparseTensor] {
    switch self {
    case .sparseTensor(let tensor): [tensor]
    case .sparseTensors(let tensors): tensors
    default: []
    }
  }

  /// The subgraphs inside.
  public var subgraphs: [Graph] {
    switch self {
    case .graph(let graph): [graph]
    case .graphs(let graphs): graphs
    default: []
    }
  }
}

/// A tensor that stores only its non-zero elements (`SparseTensorProto`).
public struct SparseTensor: Sendable, Equatable {
  /// The stored elements, `[NNZ]`; the name, where it has one, belongs to the initializer.
  public var values: Tensor
  /// Linearised `[NNZ]` or coordinate `[NNZ, rank]` indices, ascending.
  public var indices: Tensor
  /// The extents of the dense tensor.
  public var shape: [Int]

  /// A sparse tensor of these parts.
  public init(values: Tensor, indices: Tensor, shape: [Int]) {
    self.values = values
    self.indices = indices
    self.shape = shape
  }

  /// Whether it has dimensions, none of them empty, as the standard asks of sparse tensors.
  var hasPositiveExtents: Bool { !shape.isEmpty && shape.allSatisfy { $0 > 0 } }
}
