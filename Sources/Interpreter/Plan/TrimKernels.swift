import Graph
import OrderedCollections

extension Pass {
  /// Drops a kernel's outer rows and columns that lie in the padding wherever the window stands: of a 3×3 kernel over
  /// a 1×1 map only the middle ever meets the map, and the other eight weights need not be read.
  static let trimKernels = Pass(name: "drop weights that meet padding only") { graph in
    for (index, node) in graph.nodes.enumerated() where node.isPlan("Conv") {
      guard let shape = graph.floatShape(node.input(0)), shape.count == 3 || shape.count == 4,
        let name = node.input(1), let weights = graph.weights(name), weights.rank == shape.count,
        let window = try? Window(node: node, kernel: Array(weights.shape[2...]), spatial: Array(shape[2...]))
      else { continue }
      let ranges = window.kernel.indices.map { usedTaps(of: window, axis: $0, size: shape[2 + $0]) }
      guard zip(ranges, window.kernel).contains(where: { $0.count < $1 }) else { continue }
      // Zero times what is not finite is not zero.
      guard let all = graph.floats(name), all.allSatisfy(\.isFinite) else { continue }
      let label = name + ranges.map { "/taps \($0.lowerBound)…\($0.upperBound - 1)" }.joined()
      graph.constants[label] = try trimmed(all, weights.shape, ranges)
      var pads = window.padsBegin + window.padsEnd
      for (axis, range) in ranges.enumerated() {
        pads[axis] -= range.lowerBound * window.dilations[axis]
        pads[axis + ranges.count] -= (window.kernel[axis] - range.upperBound) * window.dilations[axis]
      }
      graph.nodes[index].inputs[1] = label
      graph.nodes[index].attributes["auto_pad"] = nil
      graph.nodes[index].attributes["kernel_shape"] = .ints(ranges.map { Int64($0.count) })
      graph.nodes[index].attributes["pads"] = .ints(pads.map { Int64($0) })
    }
  }

  /// The taps from the first to the last that meet one of `size` elements at some place of the window; all of them
  /// where padding would become negative without the others.
  private static func usedTaps(of window: Window, axis: Int, size: Int) -> Range<Int> {
    let (all, stride, dilation) = (0..<window.kernel[axis], window.strides[axis], window.dilations[axis])
    let (before, after) = (window.padsBegin[axis], window.padsEnd[axis])
    // A kernel that reaches no further than one end of the map to the other is used altogether.
    guard window.extent(axis) > size, size > 0, before >= 0, after >= 0 else { return all }
    let places = window.outputExtent(axis, size: size)
    let used = all.filter { tap in
      (0..<places).contains { place in (0..<size).contains(place * stride - before + tap * dilation) }
    }
    guard let first = used.first, let last = used.last, before >= first * dilation,
      after >= (all.upperBound - 1 - last) * dilation
    else { return all }
    return first..<last + 1
  }

  /// Weights `[M, C, …]` with the taps of `ranges` only.
  private static func trimmed(_ weights: [Float], _ shape: [Int], _ ranges: [Range<Int>]) throws -> Tensor {
    let (height, width) = shape.count == 4 ? (shape[2], shape[3]) : (1, shape[2])
    let rows = shape.count == 4 ? ranges[0] : 0..<1
    let columns = ranges[ranges.count - 1]
    var kept: [Float] = []
    kept.reserveCapacity(shape[0] * shape[1] * rows.count * columns.count)
    for kernel in 0..<shape[0] * shape[1] {
      for row in rows {
        let start = (kernel * height + row) * width
        kept += weights[start + columns.lowerBound..<start + columns.upperBound]
      }
    }
    return try Tensor(kept, shape: Array(shape[..<2]) + ranges.map(\.count))
  }
}
