import Graph

/// Reading a grid between its elements.
enum Interpolation {
  /// An element and its share in an interpolated value.
  struct Share {
    let offset: Int
    let weight: Double
  }

  /// The elements around `point` that are inside a grid of extents `shape`, each with its share in the linear
  /// interpolation; what is outside counts as zero.
  static func corners(of point: [Double], in shape: [Int]) -> [Share] {
    let strides = Strides.rowMajor(shape)
    var corners = [Share(offset: 0, weight: 1)]
    for (axis, coordinate) in point.enumerated() {
      guard coordinate > -1, coordinate < Double(shape[axis]) else { return [] }
      let low = Int(coordinate.rounded(.down))
      let fraction = coordinate - Double(low)
      var next: [Share] = []
      for corner in corners {
        if low >= 0 {
          next.append(
            Share(offset: corner.offset + low * strides[axis], weight: corner.weight * (1 - fraction)))
        }
        if low + 1 < shape[axis], fraction > 0 {
          next.append(
            Share(offset: corner.offset + (low + 1) * strides[axis], weight: corner.weight * fraction))
        }
      }
      corners = next
    }
    return corners
  }

  /// The two elements around `coordinate`, moved inside an axis of `size` elements, with their shares.
  static func pair(around coordinate: Double, size: Int) -> [Share] {
    let place = coordinate.clamped(to: 0...Double(size - 1))
    let low = Int(place)
    let fraction = place - Double(low)
    return [
      Share(offset: low, weight: 1 - fraction), Share(offset: min(low + 1, size - 1), weight: fraction),
    ]
  }

  /// The share of an element at `distance`: linear, or cubic convolution with this coefficient (R. Keys, Cubic
  /// convolution interpolation for digital image processing, 1981, equation 4).
  static func weight(_ distance: Double, cubic coefficient: Double?) -> Double {
    let x = distance.magnitude
    guard let a = coefficient else { return max(0, 1 - x) }
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return 0
  }
}
