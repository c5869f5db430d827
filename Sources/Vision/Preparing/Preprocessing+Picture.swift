import Graph

extension Preprocessing {
  /// The picture as the model wants it: `[1, C, H, W]` or `[1, H, W, C]` of `float32`, with C of 1 or 3.
  ///
  /// Values are computed as torchvision's `ToTensor` and `Normalize` do, each step rounded to single precision:
  /// scale, subtract the mean, divide by the standard deviation.
  ///
  /// - Parameter size: the input's height and width where this preprocessing doesn't fix them; without either
  ///   the picture keeps its own.
  /// - Throws: `PictureError` where the picture can't be fitted.
  public func tensor(from picture: Picture, size requested: Size? = nil) throws -> Tensor {
    try tensor(from: [picture], size: requested)
  }

  /// The pictures as one batch, `[N, C, H, W]` or `[N, H, W, C]` of `float32`; see `tensor(from:size:)`.
  ///
  /// - Throws: `PictureError` where there are none, or they can't all be fitted to one size.
  public func tensor(from pictures: [Picture], size requested: Size? = nil) throws -> Tensor {
    guard mean.count == color.channels, std.count == color.channels else {
      throw PictureError(.preparation("mean and std need \(color.channels) numbers for \(color.rawValue)"))
    }
    let fitted = try pictures.map { try fit($0, to: size ?? requested) }
    guard let first = fitted.first else { throw PictureError(.preparation("no picture was given")) }
    guard fitted.allSatisfy({ $0.width == first.width && $0.height == first.height }) else {
      throw PictureError(.preparation("pictures of one batch must have one size; give it with --size"))
    }
    let (channels, area) = (color.channels, first.width * first.height)
    var tensor = try Tensor(
      uninitialized: .float32,
      shape: layout == .nchw
        ? [fitted.count, channels, first.height, first.width]
        : [fitted.count, first.height, first.width, channels])
    let tables = (0..<channels).map(table)
    try tensor.withMutableElements(of: Float.self) { target in
      for (index, picture) in fitted.enumerated() {
        let start = index * channels * area
        for (channel, samples) in planes(of: picture).enumerated() {
          let (first, step) = layout == .nchw ? (start + channel * area, 1) : (start + channel, channels)
          for (pixel, sample) in samples.enumerated() {
            target[first + pixel * step] = tables[channel][Int(sample)]
          }
        }
      }
    }
    return tensor
  }

  /// The picture scaled (and cut) to `size`.
  ///
  /// - Throws: `PictureError` where the sides are out of range or the cut-out is larger than the picture.
  public func fit(_ picture: Picture, to size: Size?) throws -> Picture {
    switch resize {
    case .stretch:
      guard let size else { return picture }
      return try picture.resized(width: size.width, height: size.height)
    case .centerCrop(let shorter):
      // As torchvision: the longer side is cut off to a whole number, the margin is rounded half to even.
      let (width, height) = (picture.width, picture.height)
      let scaled =
        width < height
        ? (shorter, Int(Double(shorter * height) / Double(width)))
        : (Int(Double(shorter * width) / Double(height)), shorter)
      let target = size ?? Size(height: shorter, width: shorter)
      guard target.width <= scaled.0, target.height <= scaled.1 else {
        throw PictureError(
          .preparation("a cut-out of \(target) pixels doesn't fit a picture whose shorter side is \(shorter)")
        )
      }
      let left = (Double(scaled.0 - target.width) / 2).rounded(.toNearestOrEven)
      let top = (Double(scaled.1 - target.height) / 2).rounded(.toNearestOrEven)
      return try picture.resized(width: scaled.0, height: scaled.1)
        .cropped(left: Int(left), top: Int(top), width: target.width, height: target.height)
    }
  }

  /// What each of the 256 sample values becomes in `channel`.
  private func table(channel: Int) -> [Float] {
    (0..<256).map { sample in
      let scaled: Float =
        switch scale {
        case .division(let divisor): Float(sample) / divisor
        case .factor(let factor): Float(sample) * factor
        }
      return (scaled - mean[channel]) / std[channel]
    }
  }

  /// The samples of each channel in the model's order, row by row.
  private func planes(of picture: Picture) -> [[UInt8]] {
    let pixels = picture.pixels
    func plane(_ offset: Int) -> [UInt8] { stride(from: offset, to: pixels.count, by: 3).map { pixels[$0] } }
    switch color {
    case .rgb: return [plane(0), plane(1), plane(2)]
    case .bgr: return [plane(2), plane(1), plane(0)]
    case .gray:
      // ITU-R 601-2 luma in 16-bit fixed point, as Pillow's convert("L").
      return [
        stride(from: 0, to: pixels.count, by: 3).map { start in
          let red = UInt32(pixels[start]) * 19595
          let green = UInt32(pixels[start + 1]) * 38470
          let blue = UInt32(pixels[start + 2]) * 7471
          return UInt8(truncatingIfNeeded: (red + green + blue + 0x8000) >> 16)
        }
      ]
    }
  }
}
