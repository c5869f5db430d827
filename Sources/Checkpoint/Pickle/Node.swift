import Files

/// The place of a value in a `PickleHeap`.
typealias NodeID = Int32

/// One value that a pickle made. Containers refer to their members by place, so shared members and cycles
/// cost nothing and need no care here.
///
/// What is larger than a string is out of line: a pickle may make millions of numbers, and each would take as much.
enum Node: Sendable {
  case none
  case bool(Bool)
  case integer(Int64)
  /// An integer beyond 64 bits, in decimal, or in hexadecimal after `0x` where the pickle has it in binary.
  case bigInteger(String)
  case real(Double)
  case string(String)
  indirect case bytes(FileBytes)
  case sequence(SequenceKind, [NodeID])
  indirect case dictionary(DictionaryNode)
  /// A class or function, by its name, and where the pickle names it.
  indirect case global(String, position: Int)
  indirect case object(ObjectNode)
  /// One of `PickleHeap.storages`.
  case storage(Int)
  indirect case tensor(TensorNode)

  /// How many numbers take as much memory: what has a part out of line counts for several.
  var weight: Int {
    switch self {
    case .sequence(.tuple, let members) where members.isEmpty: 1
    case .bytes, .sequence, .dictionary, .global, .object, .tensor: 4
    default: 1
    }
  }

  /// Whether it is `None`.
  var isNone: Bool { if case .none = self { true } else { false } }

  /// What it is, for messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a bool"
    case .integer, .bigInteger: "an integer"
    case .real: "a float"
    case .string: "a string"
    case .bytes: "bytes"
    case .sequence(let kind, _): "a \(kind)"
    case .dictionary(let dictionary): "a \(dictionary.className)"
    case .global(let name, _): "'\(name)'"
    case .object(let object): "a '\(object.className)'"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// Which of Python's sequences.
enum SequenceKind: String, Sendable { case list, tuple, set, frozenset }

/// A `dict` or one of its kin.
struct DictionaryNode: Sendable {
  /// `dict`, or the full name of the subclass.
  var className = "dict"
  /// Keys and values by turns, in the order in which they were set.
  var entries: [NodeID] = []
  /// What BUILD gave, such as the `_metadata` of a state dict.
  var attributes: NodeID?
}

/// An instance of a class that is not interpreted: its name and what the pickle would hand to it.
struct ObjectNode: Sendable {
  var className: String
  /// What the class would be called with; the place of a tuple.
  var arguments: NodeID?
  /// What BUILD gave: usually the attributes as a dict.
  var state: NodeID?
  /// Whether it is what `getattr(Class, "NAME")` gave: a member of an enum, or a class inside the class.
  var isMember = false
  /// What APPENDS gave.
  var items: [NodeID] = []
  /// What SETITEMS gave: keys and values by turns.
  var entries: [NodeID] = []
}

/// What a pickle says of a tensor.
struct TensorNode: Sendable {
  /// The index in `PickleHeap.storages`; `nil` where `refusal` says why there is nothing to read.
  var storage: Int?
  var type: TorchType
  /// In elements.
  var offset = 0
  var shape: [Int]
  /// In elements.
  var strides: [Int]
  var quantization: QuantizationNode?
  var signs: SignChanges = []
  var isParameter = false
  /// Why the tensor's numbers can't be had, such as "it is sparse (COO)".
  var refusal: String?
}

/// What PyTorch has noted on a tensor and not yet done to the numbers in its storage (`get_tensor_metadata` in
/// `torch/_utils.py`).
struct SignChanges: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  /// Imaginary parts have the other sign: `tensor.conj()`.
  static let conjugate = SignChanges(rawValue: 1)
  /// Elements have the other sign: the `imag` of a conjugate.
  static let negative = SignChanges(rawValue: 2)
}

/// How a quantized tensor's integers stand for numbers.
enum QuantizationNode: Sendable {
  case perTensor(scale: Double, zeroPoint: Int64)
  case perChannel(scales: NodeID, zeroPoints: NodeID, axis: Int)
}

/// What a pickle says of a storage: the memory that tensors are views on.
struct StorageNode: Sendable {
  /// The name by which the container knows it.
  var key: String
  /// `nil` for untyped storages, whose tensors say their type themselves.
  var type: TorchType?
  /// As announced: in elements, in bytes where untyped.
  var count: Int
  /// Where its elements begin and how many there are, where it is a view on a larger one (before 0.4).
  var view: Range<Int>?
  /// The bytes, where the pickle holds them itself (NumPy arrays).
  var inline: FileBytes?
  /// Whether inline bytes are big-endian.
  var isBigEndian = false
}

/// All values that a pickle made.
struct PickleHeap: Sendable {
  private(set) var nodes: [Node] = []
  var storages: [StorageNode] = []
  /// The places of `None`, `False`, `True` and the integers of a byte, each made once; -1 before.
  private var shared = [NodeID](repeating: -1, count: 3 + 256)

  subscript(id: NodeID) -> Node {
    get { nodes[Int(id)] }
    set { nodes[Int(id)] = newValue }
  }

  mutating func add(_ node: Node) -> NodeID {
    let slot: Int? =
      switch node {
      case .none: 0
      case .bool(let value): value ? 2 : 1
      case .integer(let value) where 0..<256 ~= value: 3 + Int(value)
      default: nil
      }
    guard let slot else { return append(node) }
    if shared[slot] < 0 { shared[slot] = append(node) }
    return shared[slot]
  }

  private mutating func append(_ node: Node) -> NodeID {
    nodes.append(node)
    return NodeID(nodes.count - 1)
  }

  /// Makes room for `count` more values, so that growing copies nothing. Memory is taken as it is filled.
  mutating func reserve(_ count: Int) { nodes.reserveCapacity(nodes.count + count) }

  // Appending in place needs an array with one reference to it. Inside a `switch` over a node the compiler keeps a
  // second one, and each append copies everything; so arrays are taken out, changed, and put back. Not inlined,
  // because inlining brings the `switch` back.

  /// Takes the members out of a sequence of that kind, until they are put back; `nil` where it is something else.
  @inline(never) mutating func takeMembers(_ id: NodeID, of kind: SequenceKind) -> [NodeID]? {
    guard case .sequence(kind, let members) = nodes[Int(id)] else { return nil }
    nodes[Int(id)] = .none
    return members
  }

  /// Takes out a dictionary, until it is put back; `nil` where it is something else.
  @inline(never) mutating func takeDictionary(_ id: NodeID) -> DictionaryNode? {
    guard case .dictionary(let node) = nodes[Int(id)] else { return nil }
    nodes[Int(id)] = .none
    return node
  }

  /// Takes out an object, until it is put back; `nil` where it is something else.
  @inline(never) mutating func takeObject(_ id: NodeID) -> ObjectNode? {
    guard case .object(let node) = nodes[Int(id)] else { return nil }
    nodes[Int(id)] = .none
    return node
  }
}

extension PickleHeap {
  func string(_ id: NodeID) -> String? {
    if case .string(let text) = self[id] { text } else { nil }
  }

  func integer(_ id: NodeID) -> Int? {
    switch self[id] {
    case .integer(let value): Int(exactly: value)
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  func real(_ id: NodeID) -> Double? {
    switch self[id] {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// The name of a class: of a global, or of a class inside one, such as `models.Gate.Channel`.
  func className(_ id: NodeID) -> String? {
    guard case .object(let object) = self[id], object.isMember else { return globalName(id) }
    guard let list = object.arguments, let parts = tuple(list), let name = parts.first.flatMap(string) else {
      return nil
    }
    return "\(object.className).\(name)"
  }

  func globalName(_ id: NodeID) -> String? {
    if case .global(let name, _) = self[id] { name } else { nil }
  }

  func tuple(_ id: NodeID) -> [NodeID]? {
    if case .sequence(.tuple, let items) = self[id] { items } else { nil }
  }

  /// The members of a list or tuple.
  func sequence(_ id: NodeID) -> [NodeID]? {
    switch self[id] {
    case .sequence(.tuple, let items), .sequence(.list, let items): items
    default: nil
    }
  }

  /// The members of a list or tuple of integers.
  func integers(_ id: NodeID) -> [Int]? {
    guard let items = sequence(id) else { return nil }
    let values = items.compactMap { integer($0) }
    return values.count == items.count ? values : nil
  }

  /// Bytes, also where Python 2 wrote them as a string.
  func bytes(_ id: NodeID) -> FileBytes? {
    switch self[id] {
    case .bytes(let bytes): bytes
    case .string(let text): FileBytes(copying: Array(text.utf8))
    default: nil
    }
  }
}
