import Graph

/// Products of the matrices in the last two axes of two tensors, as NumPy's `matmul` pairs them.
struct MatrixProduct {
  /// Extents of the result.
  let shape: [Int]
  /// Rows and columns of one product, and the length of its sums.
  let rows: Int
  let columns: Int
  let inner: Int
  /// Extents of the result's stack of matrices.
  let batch: [Int]
  private let leftStarts: [Int]
  private let rightStarts: [Int]

  /// The product of a tensor of extents `left` and one of extents `right`; `nil` where they don't fit.
  init?(_ left: [Int], _ right: [Int]) {
    guard !left.isEmpty, !right.isEmpty else { return nil }
    // A vector is a row on the left and a column on the right; the axis it lends disappears again.
    let a = left.count == 1 ? [1] + left : left
    let b = right.count == 1 ? right + [1] : right
    (rows, inner, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    guard inner == b[b.count - 2],
      let batch = Broadcasting.shape([Array(a.dropLast(2)), Array(b.dropLast(2))])
    else { return nil }
    self.batch = batch
    leftStarts = Broadcasting.indices(of: Array(a.dropLast(2)), in: batch)
    rightStarts = Broadcasting.indices(of: Array(b.dropLast(2)), in: batch)
    shape = batch + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
  }

  /// The products in `Double`.
  func callAsFunction(_ left: [Double], _ right: [Double]) -> [Double] {
    multiply(left, right, zero: 0) { $0 += $1 * $2 }
  }

  /// The products in wrapping 64-bit integers, whose low bits are every narrower type's answer.
  func callAsFunction(_ left: [Int64], _ right: [Int64]) -> [Int64] {
    multiply(left, right, zero: 0) { $0 &+= $1 &* $2 }
  }

  @inline(__always)
  private func multiply<Value>(
    _ left: [Value], _ right: [Value], zero: Value, _ add: (inout Value, Value, Value) -> Void
  ) -> [Value] {
    let size = rows * columns
    var result = Array(repeating: zero, count: leftStarts.count * size)
    guard !result.isEmpty, inner > 0 else { return result }
    result.withUnsafeMutableBufferPointer { c in
      left.withUnsafeBufferPointer { a in
        right.withUnsafeBufferPointer { b in
          for (number, (leftStart, rightStart)) in zip(leftStarts, rightStarts).enumerated() {
            for row in 0..<rows {
              let target = number * size + row * columns
              for step in 0..<inner {
                let factor = a[leftStart * rows * inner + row * inner + step]
                let source = rightStart * inner * columns + step * columns
                for column in 0..<columns { add(&c[target + column], factor, b[source + column]) }
              }
            }
          }
        }
      }
    }
    return result
  }
}
