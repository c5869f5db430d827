import Graph
import OrderedCollections
import Testing

@testable import Interpreter

/// Failing models shrink to the nodes that make them fail.
@Suite struct VerifyReduceTests {
  /// Whichever nodes it takes to fail: those are left, on the values that they got in the whole network.
  @Test(arguments: [["conv2"], ["cbam3.spatial_attn.conv", "fc1"]])
  func whatFailsIsLeft(names: [String]) throws {
    let network = try VerifyDefectTests.Network(fused: false)
    let verifier = Verifier(network.session)
    let model = network.session.model
    var tried = 0
    let found = try verifier.reduce(model, inputs: network.inputs) { part in
      tried += 1
      let kept = Set(part.model.graph.nodes.map(\.name))
      return names.allSatisfy(kept.contains)
    }
    let smallest = try #require(found)
    #expect(smallest.model.graph.nodes.map(\.name) == names)
    #expect(tried < model.graph.nodes.count * 4, "\(tried) parts tried")
    for (name, value) in smallest.inputs {
      #expect(try value.tensor == verifier.tensor(name, of: network.values), "\(name)")
    }
  }

  /// A kernel that errs in one kind of step is found in the smallest graph that still runs it.
  @Test func aWrongStepIsLeft() throws {
    let network = try VerifyDefectTests.Network(fused: false)
    let found = try Verifier(network.session).reduce(network.session.model, inputs: network.inputs) { part in
      let verifier = Verifier(try Session(model: part.model, options: network.session.options))
      var steps = try verifier.session.trace(part.inputs)
      for (number, step) in steps.enumerated() where step.operatorType == "Sigmoid" {
        for (name, value) in step.values {
          guard var tensor = value.tensor else { continue }
          try tensor.withMutableElements(of: Float.self) { $0[0] += 1e-4 }
          steps[number].values[name] = .tensor(tensor)
        }
      }
      return try !verifier.verify(steps, inputs: part.inputs).defects.isEmpty
    }
    #expect(try #require(found).model.graph.nodes.map(\.operatorType) == ["Sigmoid"])
  }

  @Test func nothingIsLeftOfARightModel() throws {
    let network = try VerifyDefectTests.Network(fused: false)
    let found = try Verifier(network.session).reduce(network.session.model, inputs: network.inputs) { part in
      try !Verifier(try Session(model: part.model)).verify(part.inputs).defects.isEmpty
    }
    #expect(found == nil)
  }
}
