import Graph

extension ReferenceFamily {
  /// Operators that rearrange or repeat a tensor's elements.
  static let movement = ReferenceFamily(
    "Movement",
    [
      ReferenceOperator("Transpose") { call in
        let input = try call.tensor(0)
        let order = call.node.ints("perm") ?? Array((0..<input.rank).reversed())
        guard order.sorted() == Array(0..<input.rank) else {
          throw call.failure("perm \(order) does not permute the axes of \(input.shape)")
        }
        call.set(0, try input.transposed(order))
      },
      ReferenceOperator("Expand") { call in
        let input = try call.tensor(0)
        guard let target = try call.optionalInts(1), target.allSatisfy({ $0 >= 0 }),
          let shape = Broadcasting.shape([input.shape, target])
        else { throw call.failure("\(input.shape) does not expand to the shape given") }
        _ = try call.checkedCount(of: shape)
        call.set(0, try input.gathering(Broadcasting.indices(of: input.shape, in: shape), shape: shape))
      },
      ReferenceOperator("Tile") { call in
        let input = try call.tensor(0)
        guard let repeats = try call.optionalInts(1), repeats.count == input.rank,
          repeats.allSatisfy({ (0...ReferenceCall.elementLimit).contains($0) })
        else { throw call.failure("the repeats don't fit \(input.shape)") }
        _ = try call.checkedCount(of: zip(input.shape, repeats).map { $0 * $1 })
        let positions = zip(input.shape, repeats).map { extent, count in
          (0..<(extent * count)).map { $0 % extent }
        }
        call.set(0, try input.boxing(positions))
      },
      ReferenceOperator("DepthToSpace") { call in
        let (input, size) = try call.blocks()
        let (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3])
        guard c % (size * size) == 0 else { throw call.failure("\(c) channels don't make blocks") }
        let depth = c / (size * size)
        let moved =
          try call.isDepthFirst()
          ? input.reshaped(to: [n, size, size, depth, h, w]).transposed([0, 3, 4, 1, 5, 2])
          : input.reshaped(to: [n, depth, size, size, h, w]).transposed([0, 1, 4, 2, 5, 3])
        call.set(0, try moved.reshaped(to: [n, depth, h * size, w * size]))
      },
      ReferenceOperator("SpaceToDepth") { call in
        let (input, size) = try call.blocks()
        let (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3])
        guard h % size == 0, w % size == 0 else { throw call.failure("blocks don't cover \(input.shape)") }
        let cut = try input.reshaped(to: [n, c, h / size, size, w / size, size])
        let moved = try cut.transposed(call.isDepthFirst() ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4])
        call.set(0, try moved.reshaped(to: [n, c * size * size, h / size, w / size]))
      },
      ReferenceOperator("ReverseSequence") { call in try reverseSequence(&call) },
      ReferenceOperator("Trilu") { call in try trilu(&call) },
      ReferenceOperator("Col2Im") { call in try columnsToImage(&call) },
    ])

  private static func reverseSequence(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let (time, batch) = (call.node.int("time_axis") ?? 0, call.node.int("batch_axis") ?? 1)
    guard input.rank >= 2, Set([time, batch]) == [0, 1] else {
      throw call.failure("time_axis \(time) and batch_axis \(batch) don't fit \(input.shape)")
    }
    guard let lengths = try call.optionalInts(1), lengths.count == input.shape[batch],
      lengths.allSatisfy({ $0 >= 0 && $0 <= input.shape[time] })
    else { throw call.failure("sequence_lens don't fit \(input.shape)") }
    let inner = input.shape[2...].reduce(1, *)
    var indices: [Int] = []
    indices.reserveCapacity(input.count)
    for row in 0..<input.shape[0] {
      for column in 0..<input.shape[1] {
        var place = [row, column]
        let length = lengths[place[batch]]
        if place[time] < length { place[time] = length - 1 - place[time] }
        let start = (place[0] * input.shape[1] + place[1]) * inner
        indices += start..<(start + inner)
      }
    }
    call.set(0, try input.gathering(indices, shape: input.shape))
  }

  private static func trilu(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard input.rank >= 2 else { throw call.failure("needs a matrix, found \(input.shape)") }
    let shift = try call.optionalInts(1)?.first ?? 0
    let upper = call.node.int("upper") != 0
    let (rows, columns) = (input.shape[input.rank - 2], input.shape[input.rank - 1])
    let plane = rows * columns
    let indices = (0..<input.count).map { index -> Int in
      let place = index % plane
      let (distance, overflow) = (place % columns - place / columns).subtractingReportingOverflow(shift)
      let isKept = overflow ? (shift < 0) == upper : upper ? distance >= 0 : distance <= 0
      return isKept ? index : -1
    }
    call.set(0, try input.gathering(indices, shape: input.shape))
  }

  /// Columns `[N, C · block, L]` added where they came from in an image `[N, C, …]` (ONNX Col2Im-18).
  private static func columnsToImage(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard let spatial = try call.optionalInts(1), let block = try call.optionalInts(2), input.rank == 3,
      block.count == spatial.count, block.allSatisfy({ $0 > 0 })
    else { throw call.failure("image_shape and block_shape don't fit columns \(input.shape)") }
    let window = try Window(node: call.node, kernel: block, spatial: spatial)
    let (plane, blockSize) = (try call.checkedCount(of: spatial), try call.checkedCount(of: block))
    let windows = WindowRuns(window, spatial: spatial)
    let positions = windows.count
    guard input.shape[1] % blockSize == 0, positions == input.shape[2] else {
      throw call.failure("columns \(input.shape) don't fit blocks \(block) at \(positions) places")
    }
    let channels = input.shape[1] / blockSize
    let shape = [input.shape[0], channels] + spatial
    let count = try call.checkedCount(of: shape)
    func image<Element>(_ columns: [Element], zero: Element, _ add: (Element, Element) -> Element)
      -> [Element]
    {
      var image = Array(repeating: zero, count: count)
      for channel in 0..<(input.shape[0] * channels) {
        for run in windows.runs {
          let source = (channel * blockSize + run.tap) * positions + run.output
          for index in 0..<run.count {
            let place = channel * plane + run.input + index * windows.step
            image[place] = add(image[place], columns[source + index])
          }
        }
      }
      return image
    }
    let type = input.elementType
    if type == .string {
      throw call.failure("a sum of strings is not defined, nor what stands where no block is")
    } else if type.isComplex {
      let sums = image(try input.complexes(), zero: .zero, +)
      call.set(0, try Tensor(complexes: sums, as: type, shape: shape))
    } else if type.isFloatingPoint {
      call.set(0, try Tensor(doubles: image(input.doubles(), zero: 0, +), as: type, shape: shape))
    } else {
      // Of truth values the sum is whether any is true, as NumPy adds them.
      let sums = image(try input.integers(), zero: 0, type == .bool ? (|) : (&+))
      call.set(0, try Tensor(integers: sums, as: type, shape: shape))
    }
  }
}

extension ReferenceCall {
  /// Input 0 and the block size of the operators that move blocks between depth and space.
  fileprivate func blocks() throws -> (input: Tensor, size: Int) {
    let input = try tensor(0)
    guard input.rank == 4 else { throw failure("needs an input [N, C, H, W], found \(input.shape)") }
    guard let size = node.int("blocksize"), size > 0, size < 1 << 20 else {
      throw failure("blocksize must be positive")
    }
    return (input, size)
  }

  /// Whether blocks are ordered depth first (`DCR`) rather than last (`CRD`).
  fileprivate func isDepthFirst() throws -> Bool {
    switch node.string("mode") ?? "DCR" {
    case "DCR": true
    case "CRD": false
    case let other: throw failure("mode is '\(other)', needs 'DCR' or 'CRD'")
    }
  }
}
