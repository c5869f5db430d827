extension Picture {
  /// The picture scaled to `width` × `height` by bilinear interpolation with antialiasing, bit for bit what
  /// Pillow 13's `Image.resize((width, height), Image.BILINEAR)` gives: a triangle filter as wide as the
  /// reduction, weights in fixed point, rounded to 8 bits after each direction.
  ///
  /// Columns are resized first, except where the height shrinks by more than twice what the width does. Pillow
  /// before 13 knew no exception, which makes a difference of one grey level at most.
  ///
  /// - Throws: `PictureError.Reason.size` where a side is outside 1…65,535 or the result is larger than 2²⁷
  ///   pixels.
  public func resized(width newWidth: Int, height newHeight: Int) throws(PictureError) -> Picture {
    guard newWidth <= 65535, newHeight <= 65535 else {
      throw PictureError(.size(width: newWidth, height: newHeight, limit: 1 << 27))
    }
    try DecodingOptions().check(width: newWidth, height: newHeight)
    if newHeight < height, height - newHeight > 2 * (width - newWidth) {
      return resizedRows(to: newHeight).resizedColumns(to: newWidth)
    }
    return resizedColumns(to: newWidth).resizedRows(to: newHeight)
  }

  /// The rectangle of `size` whose left upper corner is `left`, `top`; it must lie within the picture.
  func cropped(left: Int, top: Int, width newWidth: Int, height newHeight: Int) -> Picture {
    var result: [UInt8] = []
    result.reserveCapacity(newWidth * newHeight * 3)
    for row in top..<top + newHeight {
      let start = (row * width + left) * 3
      result.append(contentsOf: pixels[start..<start + newWidth * 3])
    }
    return Picture(trustedWidth: newWidth, height: newHeight, pixels: result)
  }

  private func resizedColumns(to newWidth: Int) -> Picture {
    if newWidth == width { return self }
    let taps = ResizingTaps(from: width, to: newWidth)
    let rowLength = width * 3
    let result = pixels.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: newWidth * height * 3) { target, count in
        var next = 0
        for row in 0..<height {
          for column in 0..<newWidth {
            let first = row * rowLength + taps.starts[column] * 3
            var (red, green, blue) = (ResizingTaps.half, ResizingTaps.half, ResizingTaps.half)
            for (index, weight) in taps.weights(column).enumerated() {
              red &+= weight &* Int32(source[first + 3 * index])
              green &+= weight &* Int32(source[first + 3 * index + 1])
              blue &+= weight &* Int32(source[first + 3 * index + 2])
            }
            target[next] = ResizingTaps.sample(red)
            target[next + 1] = ResizingTaps.sample(green)
            target[next + 2] = ResizingTaps.sample(blue)
            next += 3
          }
        }
        count = next
      }
    }
    return Picture(trustedWidth: newWidth, height: height, pixels: result)
  }

  private func resizedRows(to newHeight: Int) -> Picture {
    if newHeight == height { return self }
    let taps = ResizingTaps(from: height, to: newHeight)
    let rowLength = width * 3
    var sums = [Int32](repeating: 0, count: rowLength)
    let result = pixels.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: rowLength * newHeight) { target, count in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in 0..<newHeight {
            sums.update(repeating: ResizingTaps.half)
            for (index, weight) in taps.weights(row).enumerated() {
              let first = (taps.starts[row] + index) * rowLength
              for column in 0..<rowLength { sums[column] &+= weight &* Int32(source[first + column]) }
            }
            for column in 0..<rowLength {
              target[row * rowLength + column] = ResizingTaps.sample(sums[column])
            }
          }
        }
        count = rowLength * newHeight
      }
    }
    return Picture(trustedWidth: width, height: newHeight, pixels: result)
  }
}

/// Which samples of a line make each sample of a longer or shorter one, and with what weights.
///
/// The output sample `i` lies at `(i + ½) · scale` of the input, and its triangle reaches `max(scale, 1)` to
/// both sides. Weights sum to one in `Double` and are then rounded to 22 fractional bits.
struct ResizingTaps {
  /// Fractional bits of a weight: 32 less 8 of a sample and 2 for sign and overshoot.
  static let precision: Int32 = 22
  /// One half in fixed point, so that cutting the fraction rounds.
  static let half: Int32 = 1 << (precision - 1)

  /// The first input sample of each output sample.
  private(set) var starts: [Int] = []
  private var offsets: [Int] = [0]
  private var fixed: [Int32] = []

  init(from inputCount: Int, to outputCount: Int) {
    let scale = Double(inputCount) / Double(outputCount)
    let support = max(scale, 1)
    let inverse = 1 / support
    for output in 0..<outputCount {
      let center = (Double(output) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(inputCount, Int(center + support + 0.5))
      let weights = (start..<end).map { input in
        max(0, 1 - ((Double(input) - center + 0.5) * inverse).magnitude)
      }
      let sum = weights.reduce(0, +)
      starts.append(start)
      for weight in weights {
        let share = sum == 0 ? weight : weight / sum
        fixed.append(Int32(share * Double(1 << Self.precision) + 0.5))
      }
      offsets.append(fixed.count)
    }
  }

  /// The weights of the output sample `index`.
  func weights(_ index: Int) -> ArraySlice<Int32> { fixed[offsets[index]..<offsets[index + 1]] }

  /// The 8-bit sample of a fixed-point sum.
  static func sample(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> precision) }
}
