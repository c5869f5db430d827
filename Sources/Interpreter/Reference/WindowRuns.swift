import Graph

/// Where the taps of all windows of a convolution or pooling meet the input, as runs of neighbouring windows: what
/// is in the padding is left out beforehand, so that loops over a run need no test.
struct WindowRuns {
  /// Windows `output`, `output + 1`, … whose tap `tap` meets elements `input`, `input + step`, ….
  struct Run {
    /// The tap's number in the kernel, row-major.
    let tap: Int
    /// The input's offset within one channel.
    let input: Int
    /// The first window's number, row-major.
    let output: Int
    /// How many windows.
    let count: Int
  }

  /// How many windows there are along each axis.
  let positions: [Int]
  /// Runs by ascending tap.
  let runs: [Run]
  /// Elements between those that neighbouring windows meet.
  let step: Int

  /// The number of windows.
  var count: Int { positions.reduce(1, *) }

  /// The windows over an input of extents `spatial`, as many as fit in it and its padding.
  init(_ window: Window, spatial: [Int]) {
    self.init(
      window, spatial: spatial, positions: spatial.indices.map { window.outputExtent($0, size: spatial[$0]) })
  }

  /// As many windows as `positions` says over an input of extents `spatial`.
  init(_ window: Window, spatial: [Int], positions: [Int]) {
    self.positions = positions
    step = window.strides.last ?? 1
    let (inputStrides, kernelStrides) = (Strides.rowMajor(spatial), Strides.rowMajor(window.kernel))
    let outputStrides = Strides.rowMajor(positions)
    var starts = [Run(tap: 0, input: 0, output: 0, count: 1)]
    for axis in spatial.indices {
      let isLast = axis == spatial.count - 1
      var next: [Run] = []
      for start in starts {
        for tap in 0..<window.kernel[axis] {
          let places = window.positions(meeting: tap, axis: axis, size: spatial[axis], of: positions[axis])
          let offset = tap * window.dilations[axis] - window.padsBegin[axis]
          // The last axis is one run, the others are crossed place by place.
          for place in isLast ? places.prefix(1) : places {
            next.append(
              Run(
                tap: start.tap + tap * kernelStrides[axis],
                input: start.input + (place * window.strides[axis] + offset) * inputStrides[axis],
                output: start.output + place * outputStrides[axis], count: isLast ? places.count : 1))
          }
        }
      }
      starts = next
    }
    runs = Self.joined(starts.sorted { ($0.tap, $0.output) < ($1.tap, $1.output) }, step: step)
  }

  /// Runs that continue each other become one.
  private static func joined(_ runs: [Run], step: Int) -> [Run] {
    var result: [Run] = []
    for run in runs {
      if let last = result.last, last.tap == run.tap, last.output + last.count == run.output,
        last.input + last.count * step == run.input
      {
        result[result.count - 1] = Run(
          tap: last.tap, input: last.input, output: last.output, count: last.count + run.count)
      } else {
        result.append(run)
      }
    }
    return result
  }
}

extension Window {
  /// The windows on `axis`, of `count`, whose tap `tap` is inside an input of `size` elements.
  func positions(meeting tap: Int, axis: Int, size: Int, of count: Int) -> Range<Int> {
    let stride = strides[axis]
    let offset = padsBegin[axis] - tap * dilations[axis]
    let first = offset <= 0 ? 0 : (offset + stride - 1) / stride
    let last = size - 1 + offset
    let end = last < 0 ? 0 : min(count, last / stride + 1)
    return first..<max(first, end)
  }

  /// For each window on `axis`, how many of its taps are inside an input of `size` elements and `padding` on both
  /// sides of it.
  func tapCounts(axis: Int, size: Int, count: Int, includingPadding: Bool) -> [Int] {
    let (low, high) =
      includingPadding ? (-padsBegin[axis], size + padsEnd[axis]) : (0, size)
    return (0..<count).map { position in
      let start = position * strides[axis] - padsBegin[axis]
      let dilation = dilations[axis]
      let first = start >= low ? 0 : (low - start + dilation - 1) / dilation
      let end = start >= high ? 0 : min(kernel[axis], (high - start + dilation - 1) / dilation)
      return max(0, end - first)
    }
  }
}
