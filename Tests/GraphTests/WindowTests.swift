import Graph
import OrderedCollections
import Testing

/// How many windows slide over an extent that has a name only.
@Suite struct WindowTests {
  @Test func ofAnOpenExtentIsKnownWhatHoldsForEach() throws {
    var known = 0
    var open = 0
    for kernel in 1...4 {
      for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (4, 1), (2, 2), (3, 2)] {
        for (begin, end) in [(0, 0), (1, 1), (0, 2), (2, 0)] {
          for ceil in [0, 1] {
            let node = Node(
              "MaxPool", inputs: ["x"], outputs: ["y"],
              attributes: [
                "kernel_shape": .ints([Int64(kernel)]), "strides": .ints([Int64(stride)]),
                "dilations": .ints([Int64(dilation)]), "pads": .ints([Int64(begin), Int64(end)]),
                "ceil_mode": .int(Int64(ceil)),
              ])
            let window = try Window(node: node, kernel: [kernel], spatial: [nil])
            let symbolic = window.outputDimension(0, .named("h"), samePadding: false)
            let least = max(1, window.extent(0) - begin - end)
            // A window may begin behind the input, and is dropped there, where stride and padding reach so far.
            let mayDrop = ceil == 1 && window.extent(0) < stride + end
            #expect((symbolic == .unknown) == mayDrop, "\(node.attributes)")
            guard symbolic != .unknown else {
              open += 1
              continue
            }
            known += 1
            for size in least...least + 24 {
              let text = symbolic.description.replacing("h", with: "\(size)")
              #expect(
                SymbolicExpression(parsing: text).description == "\(window.outputExtent(0, size: size))",
                "\(node.attributes), \(size)")
            }
          }
        }
      }
    }
    #expect(known > 100 && open > 10)
  }
}
