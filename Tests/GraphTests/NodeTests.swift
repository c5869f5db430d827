import OrderedCollections
import Testing

@testable import Graph

/// A node is a value, though copies share their parts until one is changed.
@Suite struct NodeTests {
  @Test func changingACopyLeavesTheOther() {
    let node = Node(
      "Conv", name: "conv", inputs: ["x", "w"], outputs: ["y"], attributes: ["group": .int(1)],
      documentation: "first", metadata: ["from": "a"])
    var copy = node
    #expect(copy == node)
    copy.name = "other"
    copy.operatorType = "ConvInteger"
    copy.domain = "plan"
    copy.overload = "o"
    copy.inputs.append("b")
    copy.outputs[0] = "z"
    copy.attributes["group"] = .int(2)
    copy.documentation += "!"
    copy.metadata["from"] = nil
    #expect(
      node.name == "conv" && node.operatorType == "Conv" && node.domain.isEmpty && node.overload.isEmpty)
    #expect(node.inputs == ["x", "w"] && node.outputs == ["y"] && node.int("group") == 1)
    #expect(node.documentation == "first" && node.metadata == ["from": "a"])
    #expect(copy.name == "other" && copy.operatorType == "ConvInteger" && copy.domain == "plan")
    #expect(copy.overload == "o" && copy.inputs == ["x", "w", "b"] && copy.outputs == ["z"])
    #expect(copy.int("group") == 2 && copy.documentation == "first!" && copy.metadata.isEmpty)
  }

  @Test func nodesAreEqualWhereAllPartsAre() {
    func node() -> Node {
      Node("Add", name: "sum", inputs: ["a", "b"], outputs: ["c"], metadata: ["k": "v"])
    }
    #expect(node() == node())
    let changes: [(inout Node) -> Void] = [
      { $0.name = "" }, { $0.operatorType = "Sub" }, { $0.domain = "d" }, { $0.overload = "o" },
      { $0.inputs[1] = "a" }, { $0.outputs = [] }, { $0.attributes["axis"] = .int(0) },
      { $0.documentation = "d" }, { $0.metadata["k"] = "w" },
    ]
    for (number, change) in changes.enumerated() {
      var other = node()
      change(&other)
      #expect(other != node(), "\(number)")
    }
  }
}
