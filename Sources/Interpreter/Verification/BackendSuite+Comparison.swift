import Graph
import Numerics
import OrderedCollections

extension BackendSuite {
  /// The first difference between two values in words, or `nil` where there is none. Without a tolerance only
  /// types and shapes are compared.
  static func difference(found: RuntimeValue, expected: RuntimeValue, tolerance: Tolerance?) -> String? {
    switch (found, expected) {
    case (.tensor(let found), .tensor(let expected)): return difference(found, expected, tolerance)
    case (.sequence(let found, _), .sequence(let expected, _)):
      guard found.count == expected.count else {
        return "\(found.count) elements, expected \(expected.count)"
      }
      for (index, pair) in zip(found, expected).enumerated() {
        if let text = difference(found: pair.0, expected: pair.1, tolerance: tolerance) {
          return "[\(index)]: \(text)"
        }
      }
      return nil
    case (.optional(let found, _), .optional(let expected, _)):
      switch (found, expected) {
      case (nil, nil): return nil
      case (let found?, let expected?):
        return difference(found: found, expected: expected, tolerance: tolerance)
      default: return found == nil ? "is absent, expected a value" : "has a value, expected none"
      }
    case (.map(let found, _, _), .map(let expected, _, _)):
      guard found.keys == expected.keys else {
        return "keys \(Array(found.keys)), expected \(Array(expected.keys))"
      }
      for (key, value) in expected {
        guard let own = found[key] else { continue }
        if let text = difference(found: own, expected: value, tolerance: tolerance) {
          return "[\(key)]: \(text)"
        }
      }
      return nil
    case (.sparseTensor, .sparseTensor): return found == expected ? nil : "sparse tensors differ"
    default: return "is \(found.type), expected \(expected.type)"
    }
  }

  private static func difference(_ found: Tensor, _ expected: Tensor, _ tolerance: Tolerance?) -> String? {
    guard found.elementType == expected.elementType else {
      return "type \(found.elementType.onnxName), expected \(expected.elementType.onnxName)"
    }
    guard found.shape == expected.shape else { return "shape \(found.shape), expected \(expected.shape)" }
    guard let tolerance else { return nil }
    func report<Element>(_ index: Int, _ one: Element, _ other: Element) -> String {
      "element \(position(index, found.shape)) is \(one), expected \(other)"
    }
    do {
      if found.elementType == .string {
        let pairs = zip(try found.strings(), try expected.strings()).enumerated()
        return pairs.first { $0.element.0 != $0.element.1 }.map {
          report($0.offset, $0.element.0, $0.element.1)
        }
      }
      if found.elementType.isComplex {
        for (index, pair) in zip(try found.complexes(), try expected.complexes()).enumerated()
        where
          !(isClose(pair.0.real, pair.1.real, tolerance)
          && isClose(pair.0.imaginary, pair.1.imaginary, tolerance))
        {
          return report(index, pair.0, pair.1)
        }
        return nil
      }
      if found.elementType.isFloatingPoint {
        var tolerance = tolerance
        // Two units in the last place of bfloat16, as ONNX's own runner allows.
        if found.elementType == .bfloat16 { tolerance.relative = max(tolerance.relative, 0x1p-6) }
        for (index, pair) in zip(try found.doubles(), try expected.doubles()).enumerated()
        where !isClose(pair.0, pair.1, tolerance) { return report(index, pair.0, pair.1) }
        return nil
      }
      let pairs = zip(try found.integers(), try expected.integers()).enumerated()
      return pairs.first { $0.element.0 != $0.element.1 }.map {
        report($0.offset, $0.element.0, $0.element.1)
      }
    } catch { return "\(error)" }
  }

  private static func isClose(_ found: Double, _ expected: Double, _ tolerance: Tolerance) -> Bool {
    if found == expected || (found.isNaN && expected.isNaN) { return true }
    guard found.isFinite, expected.isFinite else { return false }
    return abs(found - expected) <= tolerance.absolute + tolerance.relative * abs(expected)
  }

  /// An element's position along each axis.
  private static func position(_ index: Int, _ shape: [Int]) -> [Int] {
    var rest = index
    return Strides.rowMajor(shape).map { stride in
      defer { rest %= max(1, stride) }
      return rest / max(1, stride)
    }
  }
}
