import Graph
import Numerics

extension ReferenceFamily {
  /// Operators that write updates into a copy of a tensor.
  static let scattering = ReferenceFamily(
    "Scattering",
    [
      ReferenceOperator("ScatterElements") { call in
        let (data, indices, updates) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        guard indices.shape == updates.shape else {
          throw call.failure("indices \(indices.shape) and updates \(updates.shape) differ")
        }
        let axis = try call.normalizedAxis(call.node.int("axis") ?? 0, rank: data.rank)
        try call.scatter(updates, at: call.elementOffsets(data, indices, axis: axis), of: data)
      },
      ReferenceOperator("ScatterND") { call in
        let (data, indices, updates) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        let (starts, size, tail) = try call.sliceOffsets(data, indices)
        guard updates.shape == indices.shape.dropLast() + tail else {
          throw call.failure(
            "updates \(updates.shape) don't fit indices \(indices.shape) of data \(data.shape)")
        }
        try call.scatter(updates, at: Strides.crossing([starts, Array(0..<size)]), of: data)
      },
      ReferenceOperator("TensorScatter") { call in try scatterCache(&call) },
    ])

  /// Updates `[N, …, sequence, …]` written to a cache `[N, …, longest, …]` from each sample's own place on
  /// (ONNX TensorScatter-24).
  private static func scatterCache(_ call: inout ReferenceCall) throws {
    let (cache, update) = (try call.tensor(0), try call.tensor(1))
    let axis = try call.normalizedAxis(call.node.int("axis") ?? -2, rank: cache.rank)
    let mode = call.node.string("mode") ?? "linear"
    guard mode == "linear" || mode == "circular" else { throw call.failure("mode '\(mode)' is not known") }
    let fits =
      cache.rank == update.rank && axis > 0
      && cache.shape.indices.allSatisfy {
        $0 == axis ? update.shape[$0] <= cache.shape[$0] : update.shape[$0] == cache.shape[$0]
      }
    guard fits else { throw call.failure("an update \(update.shape) does not fit a cache \(cache.shape)") }
    let starts = try call.optionalInts(2) ?? Array(repeating: 0, count: cache.shape[0])
    guard starts.count == cache.shape[0] else {
      throw call.failure("\(starts.count) write indices for \(cache.shape[0]) samples")
    }
    let (longest, length) = (cache.shape[axis], update.shape[axis])
    let inner = cache.shape[(axis + 1)...].reduce(1, *)
    let between = cache.shape[1..<axis].reduce(1, *)
    var offsets: [Int] = []
    offsets.reserveCapacity(update.count)
    for sample in 0..<cache.shape[0] {
      guard
        longest == 0
          || (mode == "circular" ? starts[sample] >= 0 : (0...(longest - length)).contains(starts[sample]))
      else { throw call.failure("write index \(starts[sample]) is out of range for \(longest) places") }
      for block in 0..<between {
        for step in 0..<length {
          let place = (starts[sample] % longest + step) % longest
          let start = ((sample * between + block) * longest + place) * inner
          offsets += start..<(start + inner)
        }
      }
    }
    try call.scatter(update, at: offsets, of: cache)
  }
}

extension ReferenceCall {
  /// Sets output 0 to `data` with `updates` written at `offsets`, combined with what is there as the attribute
  /// `reduction` says.
  mutating func scatter(_ updates: Tensor, at offsets: [Int], of data: Tensor) throws {
    try requireSameType(data, updates)
    let reduction = node.string("reduction") ?? "none"
    if reduction == "none" {
      var sources = Array(0..<data.count)
      for (update, offset) in offsets.enumerated() { sources[offset] = data.count + update }
      let both = try Tensor.joined([data.flattened(), updates.flattened()], axis: 0, reporting: failure)
      return set(0, try both.gathering(sources, shape: data.shape))
    }
    let (type, shape) = (data.elementType, data.shape)
    if type == .string {
      // NumPy and ONNX Runtime both join strings; the standard's other reductions have no meaning for them.
      guard reduction == "add" else { throw failure("reduction '\(reduction)' is not defined for strings") }
      let joined = combined(try data.strings(), try updates.strings(), at: offsets, by: +)
      return set(0, try Tensor(strings: joined, shape: shape))
    }
    if type.isComplex {
      let function: (Complex<Double>, Complex<Double>) -> Complex<Double>
      switch reduction {
      case "add": function = (+)
      case "mul": function = (*)
      default:
        throw failure("reduction '\(reduction)' is not defined for complex numbers, which have no order")
      }
      let values = combined(try data.complexes(), try updates.complexes(), at: offsets, by: function)
      return set(0, try Tensor(complexes: values, as: type, shape: shape))
    }
    if type.isFloatingPoint {
      let function: (Double, Double) -> Double
      switch reduction {
      case "add": function = (+)
      case "mul": function = (*)
      case "max": function = ReferenceFamily.larger
      case "min": function = ReferenceFamily.smaller
      default: throw failure("reduction '\(reduction)' is not known")
      }
      let values = combined(try data.doubles(), try updates.doubles(), at: offsets, by: function)
      return set(0, try Tensor(doubles: values, as: type, shape: shape))
    }
    let isUnsigned = type == .uint64
    let function: (Int64, Int64) -> Int64
    switch reduction {
    case "add" where type == .bool: function = (|)
    case "add": function = (&+)
    case "mul": function = (&*)
    case "max" where isUnsigned: function = { UInt64(bitPattern: $0) > UInt64(bitPattern: $1) ? $0 : $1 }
    case "min" where isUnsigned: function = { UInt64(bitPattern: $0) < UInt64(bitPattern: $1) ? $0 : $1 }
    case "max": function = { max($0, $1) }
    case "min": function = { min($0, $1) }
    default: throw failure("reduction '\(reduction)' is not known")
    }
    let values = combined(try data.integers(), try updates.integers(), at: offsets, by: function)
    set(0, try Tensor(integers: values, as: type, shape: shape))
  }

  /// `values` with each update combined, in order, with what is at its offset.
  private func combined<Element>(
    _ values: [Element], _ updates: [Element], at offsets: [Int], by function: (Element, Element) -> Element
  ) -> [Element] {
    var values = values
    for (offset, update) in zip(offsets, updates) { values[offset] = function(values[offset], update) }
    return values
  }
}
