import Files
import Graph
import OrderedCollections
import Testing

@testable import Checkpoint

/// Files that PyTorch wrote hold what PyTorch reads from them.
@Suite struct FixtureTests {
  @Test func theFixturesAreThere() {
    #expect(Fixtures.cases.count { $0.set == "newest" } >= 46)
    #expect(Fixtures.cases.count { $0.set == "oldest" } >= 12)
  }

  @Test(arguments: Fixtures.cases) func everyTensorIsAsPyTorchReadsIt(item: Fixtures.Case) throws {
    let file = try CheckpointFile.open(path: item.path)
    #expect(file.format.rawValue == item.json["format"]?.string)
    let state = try file.stateDict(weightsKey: item.weightsKey)
    #expect(state.keyPath == item.json["key"]?.string)
    #expect(state.strippedPrefix == item.json["prefix"]?.string)
    #expect(state.leftOut.isEmpty)
    let expected = item.tensors
    #expect(Set(state.names) == Set(expected.map(\.name)), "\(state.reason)")
    for (name, dtype, shape, values, refusal) in expected {
      let tensor = try #require(state[name], "\(name)")
      if let refusal {
        let error = #expect(throws: CheckpointError.self, "\(name)") { try tensor.tensor() }
        #expect("\(error as Any)".contains(refusal), "\(name)")
        continue
      }
      #expect(tensor.dtype == dtype, "\(name)")
      #expect(tensor.shape == shape, "\(name)")
      let numbers = try Fixtures.numbers(tensor.tensor())
      let values = try #require(values, "\(name)")
      let isEqual = zip(numbers, values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
      #expect(isEqual && numbers.count == values.count, "\(name): \(numbers) is not \(values)")
    }
  }

  @Test func tensorsKeepTheOrderOfTheFile() throws {
    let state = try Fixtures.open("newest/state_dict.pt").stateDict()
    #expect(
      Array(state.names) == ["conv.weight", "conv.bias", "bn.running_mean", "bn.num_batches_tracked"])
  }

  @Test func contiguousTensorsAreViewsOnTheFile() throws {
    let bytes = try Fixtures.bytes("newest/views.pt")
    let file = try CheckpointFile.open(bytes: bytes, path: "views.pt")
    let state = try file.stateDict()
    let range = bytes.withBytes { bytes, _ in
      Int(bitPattern: bytes.baseAddress)..<(Int(bitPattern: bytes.baseAddress) + bytes.count)
    }
    for (name, tensor) in state.tensors {
      let address = try tensor.tensor().withBytes { Int(bitPattern: $0.baseAddress) }
      let copied = [
        "transposed", "window", "every_other", "channels_last", "expanded", "scalar_expanded",
      ]
      if tensor.shape.contains(0) { continue }
      #expect(range.contains(address) == !copied.contains(name), "\(name)")
    }
    #expect(state["tied_a"]?.storage === state["tied_b"]?.storage)
    #expect(state["base"]?.storage === state["transposed"]?.storage)
    #expect(state["last"]?.storageOffset == 23)
    #expect(state["window"]?.strides == [6, 1])
    #expect(state["parameter"]?.isParameter == true)
    #expect(state["base"]?.isParameter == false)
  }
}
