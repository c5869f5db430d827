/// Walks a strided view of bytes and lays its elements out in row-major order.
struct StridedSource {
  let shape: [Int]
  /// In elements.
  let strides: [Int]
  /// In elements.
  let offset: Int
  let elementSize: Int
  /// Bytes that are reversed together: 1 to keep them as they are.
  let swapSize: Int

  /// Fills `target`; whether every element was inside `source`.
  func gather(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
    let count = target.count / elementSize
    if count == 0 { return true }
    guard let from = source.baseAddress, let to = target.baseAddress else { return false }
    var index = [Int](repeating: 0, count: shape.count)
    var position = offset
    let inner = shape.last ?? 1
    let innerStride = strides.last ?? 1
    var written = 0
    while written < count {
      // Validated before, and once more here, row by row, because nothing else stands before the copy.
      let last = position + (inner - 1) * innerStride
      guard position >= 0, last >= position, last < source.count / elementSize else { return false }
      for step in 0..<inner {
        let element = from + (position + step * innerStride) * elementSize
        (to + written * elementSize).copyMemory(from: element, byteCount: elementSize)
        written += 1
      }
      var axis = shape.count - 2
      while axis >= 0 {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { break }
    }
    if swapSize > 1 {
      for start in stride(from: 0, to: target.count, by: swapSize) {
        target[start..<(start + swapSize)].reverse()
      }
    }
    return written == count
  }
}
