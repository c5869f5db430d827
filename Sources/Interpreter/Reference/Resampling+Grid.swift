import Graph

/// Sampling at the places that a grid names.
extension ReferenceFamily {
  /// X `[N, C, …]`, grid `[N, …, r]` of coordinates between -1 and 1, innermost axis first (ONNX GridSample-22).
  static func sampleGrid(_ call: inout ReferenceCall) throws {
    let (input, grid) = (try call.tensor(0), try call.tensor(1))
    let rank = input.rank - 2
    guard rank >= 1, grid.rank == input.rank, grid.shape[rank + 1] == rank, grid.shape[0] == input.shape[0]
    else { throw call.failure("a grid of \(grid.shape) does not fit \(input.shape)") }
    let (batch, channels) = (input.shape[0], input.shape[1])
    let spatial = Array(input.shape[2...])
    let shape = [batch, channels] + grid.shape[1...rank]
    let count = try call.checkedCount(of: shape)
    guard count > 0 else { return call.set(0, try Tensor(zeros: input.elementType, shape: shape)) }
    guard !spatial.contains(0) else { throw call.failure("can't sample \(input.shape), which is empty") }
    let axis = try GridAxis(call)
    let strides = Strides.rowMajor(spatial)
    let coordinates = try grid.doubles()
    let positions = grid.shape[1...rank].reduce(1, *)
    let plane = spatial.reduce(1, *)
    // Where each position reads, the same for all channels.
    let taps = (0..<(batch * positions)).map { position -> [Interpolation.Share] in
      var shares = [Interpolation.Share(offset: 0, weight: 1)]
      for (index, size) in spatial.enumerated() {
        let own = axis.taps(coordinates[position * rank + rank - 1 - index], size: size)
        shares = shares.flatMap { share in
          own.map {
            .init(offset: share.offset + $0.offset * strides[index], weight: share.weight * $0.weight)
          }
        }
      }
      return shares
    }
    if axis.mode == .nearest {
      let sources = (0..<count).map { index -> Int in
        let image = index / positions / channels
        let place = taps[image * positions + index % positions].first
        return place.map { index / positions * plane + $0.offset } ?? -1
      }
      return call.set(0, try input.gathering(sources, shape: shape))
    }
    guard input.elementType != .string else {
      throw call.failure("a weighted sum of strings is not defined; mode 'nearest' takes strings")
    }
    let result = try input.mappingLinearly(shape: shape) { values in
      (0..<count).map { index -> Double in
        let image = index / positions / channels
        let start = index / positions * plane
        return taps[image * positions + index % positions].reduce(0) { sum, tap in
          sum + tap.weight * values[start + tap.offset]
        }
      }
    } rounded: {
      try Tensor(numbers: $0, as: input.elementType, shape: shape)
    }
    call.set(0, result)
  }
}

/// How one axis of a grid is read.
private struct GridAxis {
  enum Mode: String { case nearest, linear, cubic }
  enum Padding: String { case zeros, border, reflection }

  let mode: Mode
  private let padding: Padding
  private let isAligned: Bool

  init(_ call: ReferenceCall) throws {
    let (mode, padding) = (call.node.string("mode") ?? "linear", call.node.string("padding_mode") ?? "zeros")
    guard let mode = Mode(rawValue: mode) else { throw call.failure("mode '\(mode)' is not known") }
    guard let padding = Padding(rawValue: padding) else {
      throw call.failure("padding_mode '\(padding)' is not known")
    }
    (self.mode, self.padding) = (mode, padding)
    isAligned = call.node.int("align_corners") ?? 0 != 0
  }

  /// The elements that a normalized coordinate reads; those of the padding with zeros are left out.
  func taps(_ normalized: Double, size: Int) -> [Interpolation.Share] {
    let extent = Double(size)
    var place = isAligned ? (normalized + 1) / 2 * (extent - 1) : ((normalized + 1) * extent - 1) / 2
    if mode == .nearest { place = place.rounded(.toNearestOrEven) }
    let borders = isAligned ? 0...(extent - 1) : -0.5...(extent - 0.5)
    if place.isNaN { place = 0 }
    if !borders.contains(place) {
      switch padding {
      case .zeros: if place < -2 || place > extent + 1 { return [] }
      case .border: place = place.clamped(to: 0...(extent - 1))
      case .reflection: place = reflected(place, borders)
      }
    }
    let low = Int(place.rounded(.down))
    let reach: ClosedRange<Int>
    switch mode {
    case .nearest: reach = 0...0
    case .linear: reach = 0...1
    case .cubic: reach = -1...2
    }
    return reach.compactMap { step in
      let weight =
        mode == .nearest
        ? 1 : Interpolation.weight(Double(low + step) - place, cubic: mode == .cubic ? -0.75 : nil)
      return element(low + step, size: size, borders).map { .init(offset: $0, weight: weight) }
    }
  }

  /// The element at a place that may be outside; `nil` for a zero.
  private func element(_ place: Int, size: Int, _ borders: ClosedRange<Double>) -> Int? {
    if place >= 0, place < size { return place }
    switch padding {
    case .zeros: return nil
    case .border: return place.clamped(to: 0...(size - 1))
    case .reflection: return Int(reflected(Double(place), borders)).clamped(to: 0...(size - 1))
    }
  }

  /// A place thrown back by the borders until it is between them.
  private func reflected(_ place: Double, _ borders: ClosedRange<Double>) -> Double {
    let range = borders.upperBound - borders.lowerBound
    guard range > 0, place.isFinite else { return borders.lowerBound }
    let distance = place < borders.lowerBound ? borders.lowerBound - place : place - borders.upperBound
    let rest = distance.truncatingRemainder(dividingBy: range)
    let isEven = (distance / range).rounded(.down).truncatingRemainder(dividingBy: 2) == 0
    return (place < borders.lowerBound) == isEven ? borders.lowerBound + rest : borders.upperBound - rest
  }
}
