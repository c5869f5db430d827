import Graph

/// The taps of every window of a convolution or pooling, for plain definitions.
struct WindowTaps {
  /// Output extents of the spatial axes.
  let outputShape: [Int]
  /// For each output position, for each tap inside the input: the tap's number in the kernel and the input's
  /// offset within one channel.
  let taps: [[(tap: Int, offset: Int)]]

  init(_ window: Window, spatial: [Int]) {
    let outputShape = spatial.indices.map { window.outputExtent($0, size: spatial[$0]) }
    self.outputShape = outputShape
    let strides = Strides.rowMajor(spatial)
    let kernelStrides = Strides.rowMajor(window.kernel)
    // Per axis and output position: which kernel positions meet the input, and where.
    let axes = spatial.indices.map { axis in
      (0..<outputShape[axis]).map { position in
        (0..<window.kernel[axis]).compactMap { tap -> (tap: Int, offset: Int)? in
          let index = position * window.strides[axis] - window.padsBegin[axis] + tap * window.dilations[axis]
          guard index >= 0, index < spatial[axis] else { return nil }
          return (tap * kernelStrides[axis], index * strides[axis])
        }
      }
    }
    var positions: [[(tap: Int, offset: Int)]] = [[(0, 0)]]
    for axis in axes {
      positions = positions.flatMap { before in
        axis.map { choices in
          before.flatMap { one in choices.map { (one.tap + $0.tap, one.offset + $0.offset) } }
        }
      }
    }
    taps = positions
  }
}
