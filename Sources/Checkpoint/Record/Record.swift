import Files
import Graph

/// One value in a checkpoint, as the file describes it: a tree (or a graph, where values are shared) of
/// tensors, containers, plain values and opaque objects.
///
/// Nothing is run to make it. Members are looked at when asked for, so that a record of a large file is cheap;
/// a hostile file may contain itself, so walk with a limit on depth.
public struct Record: Sendable {
  let document: Document
  let id: NodeID

  /// What a record is.
  public enum Value: Sendable {
    /// `None`.
    case none
    /// `True` or `False`.
    case bool(Bool)
    /// An integer of up to 64 bits.
    case integer(Int64)
    /// A longer integer: decimal, or hexadecimal after `0x`.
    case bigInteger(String)
    /// A `float`.
    case real(Double)
    /// A `str`.
    case string(String)
    /// A `bytes` or `bytearray`.
    case bytes(FileBytes)
    /// A `list` or `deque`.
    case list([Record])
    /// A `tuple` or `torch.Size`.
    case tuple([Record])
    /// A `set` or `frozenset`.
    case set([Record])
    /// A `dict` or one of its standard subclasses, whose name is `className`, with the keys in their order.
    case dictionary(className: String, entries: [Entry])
    /// A tensor, parameter or NumPy array.
    case tensor(StateTensor)
    /// A storage that no tensor wraps.
    case storage(Storage)
    /// A class, function or `torch.dtype`, by its full name.
    case global(String)
    /// An instance of a class that is not interpreted.
    case object(Object)
  }

  /// One member of a dictionary.
  public struct Entry: Sendable {
    /// What it is found by.
    public let key: Record
    /// What is found.
    public let value: Record
  }

  /// An instance of a class that is not interpreted.
  public struct Object: Sendable {
    /// The class's full name, such as `torch.nn.modules.conv.Conv2d`.
    public let className: String
    /// What the class would be called with.
    public let arguments: [Record]
    /// What `__setstate__` would be called with.
    public let state: Record?
    /// Members, where the class is a kind of list.
    public let items: [Record]
    /// Members, where the class is a kind of dictionary.
    public let entries: [Entry]
  }

  /// What this record is.
  public var value: Value {
    switch document.heap[id] {
    case .none: .none
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .bigInteger(let text): .bigInteger(text)
    case .real(let value): .real(value)
    case .string(let text): .string(text)
    case .bytes(let bytes): .bytes(bytes)
    case .sequence(.list, let items): .list(records(items))
    case .sequence(.tuple, let items): .tuple(records(items))
    case .sequence(_, let items): .set(records(items))
    case .dictionary(let node): .dictionary(className: node.className, entries: pairs(node.entries))
    case .tensor(let node): .tensor(document.tensor(node))
    case .storage(let index): .storage(document.storages[index])
    case .global(let name, _): .global(name)
    case .object(let node):
      .object(
        Object(
          className: node.className,
          arguments: records(node.arguments.flatMap { document.heap.tuple($0) } ?? []),
          state: node.state.map { Record(document: document, id: $0) }, items: records(node.items),
          entries: pairs(node.entries)))
    }
  }

  private func records(_ ids: [NodeID]) -> [Record] { ids.map { Record(document: document, id: $0) } }

  private func pairs(_ ids: [NodeID]) -> [Entry] {
    stride(from: 0, to: ids.count - 1, by: 2).map {
      Entry(
        key: Record(document: document, id: ids[$0]), value: Record(document: document, id: ids[$0 + 1]))
    }
  }
}

extension Record: Hashable {
  /// The same for two records that are one value, reached in two ways.
  public static func == (left: Record, right: Record) -> Bool {
    left.id == right.id && left.document === right.document
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
