/// A convolution with stride 2 as one with stride 1 of four times the channels: even and odd rows and columns of the
/// padded map meet even and odd rows and columns of the kernel only.
enum ParityParts {
  /// Parity of row and column, in the order in which the parts follow each other, each with all channels: that of the
  /// kernels that read them (`winograd_strided`).
  static let turns = [(row: 0, column: 0), (row: 0, column: 1), (row: 1, column: 1), (row: 1, column: 0)]

  /// Maps `[N, C, H, W]` as `[N, 4 C, ⌊(H + top) / 2⌋ + 1, ⌊(W + left) / 2⌋ + 1]`, the padding before them included.
  static func maps(
    _ values: [Double], shape: [Int], pads: (top: Int, left: Int)
  ) -> (values: [Double], shape: [Int]) {
    let (height, width) = (shape[2], shape[3])
    let extents = ((height + pads.top) / 2 + 1, (width + pads.left) / 2 + 1)
    var result: [Double] = []
    result.reserveCapacity(shape[0] * 4 * shape[1] * extents.0 * extents.1)
    for image in 0..<shape[0] {
      for turn in turns {
        for plane in image * shape[1]..<(image + 1) * shape[1] {
          for y in 0..<extents.0 {
            let row = 2 * y + turn.row - pads.top
            for x in 0..<extents.1 {
              let column = 2 * x + turn.column - pads.left
              let isInside = (0..<height).contains(row) && (0..<width).contains(column)
              result.append(isInside ? values[(plane * height + row) * width + column] : 0)
            }
          }
        }
      }
    }
    return (result, [shape[0], 4 * shape[1], extents.0, extents.1])
  }

  /// Kernels `[M, C, kH, kW]` as `[M, 4 C, r, r]`, where r is half of the larger extent, rounded up; zeros for taps that
  /// there are not.
  static func kernels<Scalar: Numeric>(
    _ values: [Scalar], shape: [Int]
  ) -> (values: [Scalar], shape: [Int]) {
    let (height, width) = (shape[2], shape[3])
    let taps = (max(height, width) + 1) / 2
    var result: [Scalar] = []
    result.reserveCapacity(shape[0] * 4 * shape[1] * taps * taps)
    for filter in 0..<shape[0] {
      for turn in turns {
        for plane in filter * shape[1]..<(filter + 1) * shape[1] {
          for y in 0..<taps {
            for x in 0..<taps {
              let (row, column) = (2 * y + turn.row, 2 * x + turn.column)
              result.append(
                row < height && column < width ? values[(plane * height + row) * width + column] : 0)
            }
          }
        }
      }
    }
    return (result, [shape[0], 4 * shape[1], taps, taps])
  }
}
