import Files

/// The closed table of what a pickle may call: each constructor turns arguments into data.
enum Constructors {
  /// Evaluates a call of the named global.
  typealias Constructor =
    @Sendable (inout PickleMachine, _ name: String, _ arguments: [NodeID]) throws(PickleError) -> Node

  /// Every constructor by its full name.
  static let table: [String: Constructor] = {
    var table: [String: Constructor] = [:]
    for part in [python, torch, numpy] { table.merge(part) { first, _ in first } }
    return table
  }()

  /// Keeps name and arguments without a meaning.
  static let opaque: Constructor = { (machine, name, arguments) throws(PickleError) in
    machine.opaque(name, arguments)
  }
}

extension PickleMachine {
  /// Counts what a constructor copies. A pickle that was written by Python copies each of its values at most
  /// once; one that copies a large value again and again is made to exhaust memory.
  mutating func charge(_ count: Int) throws(PickleError) {
    let budget = input.count + 1 << 20
    if count > budget - copied { throw error(.limit("copied values", budget)) }
    copied += count
  }

  /// Extents or strides: no more integers than a tensor may have dimensions, none negative.
  func dimensions(_ id: NodeID) -> [Int]? {
    guard let items = heap.sequence(id), items.count <= limits.rank, let values = heap.integers(id),
      values.allSatisfy({ $0 >= 0 })
    else { return nil }
    return values
  }

  func badArguments(_ name: String, _ detail: String) -> PickleError {
    error(.badArguments(of: name, detail: detail))
  }

  /// The argument at `index`.
  func argument(_ index: Int, _ arguments: [NodeID], of name: String) throws(PickleError) -> NodeID {
    guard index < arguments.count else {
      throw badArguments(name, "\(arguments.count) where at least \(index + 1) are needed")
    }
    return arguments[index]
  }
}
