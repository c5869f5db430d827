/// How deep a document's values lie inside each other.
extension Document {
  /// Refuses values deeper inside each other than the limit, so that whoever walks them may recur.
  ///
  /// A value that contains itself has no depth; the step back into it is not counted.
  func checkNesting() throws(CheckpointError) {
    var heights = [Int32](repeating: -1, count: heap.nodes.count)
    var path: [(id: NodeID, members: [NodeID], next: Int, height: Int32)] = []
    func enter(_ id: NodeID) { path.append((id, heap.members(of: id), 0, 0)) }
    heights[Int(root)] = 0
    enter(root)
    while var step = path.popLast() {
      if step.next < step.members.count {
        let member = step.members[step.next]
        if heights[Int(member)] < 0 {
          // Visited again when its own members are done; marked so that a cycle ends here.
          heights[Int(member)] = 0
          path.append(step)
          enter(member)
          continue
        }
        step.height = max(step.height, heights[Int(member)] + 1)
        step.next += 1
        path.append(step)
      } else {
        heights[Int(step.id)] = step.height
        if step.height > limits.nesting {
          throw .limit(path: self.path, what: "containers inside each other", limit: limits.nesting)
        }
      }
    }
  }
}

extension PickleHeap {
  /// The values that a value directly contains.
  fileprivate func members(of id: NodeID) -> [NodeID] {
    switch self[id] {
    case .sequence(_, let items): items
    case .dictionary(let node): node.entries + (node.attributes.map { [$0] } ?? [])
    case .object(let node):
      [node.arguments, node.state].compactMap { $0 } + node.items + node.entries
    default: []
    }
  }
}
