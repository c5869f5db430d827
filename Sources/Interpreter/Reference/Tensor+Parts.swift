import Graph
import Numerics

extension Tensor {
  /// A tensor of the same type by a map that is linear with real weights, such as an interpolation, so that it maps
  /// the real and the imaginary parts of complex numbers each on its own.
  ///
  /// - Parameter rounded: makes the tensor of real elements from what `map` gives.
  func mappingLinearly(
    shape: [Int], _ map: ([Double]) throws -> [Double], rounded: ([Double]) throws -> Tensor
  ) throws -> Tensor {
    guard elementType.isComplex else { return try rounded(map(doubles())) }
    let values = try complexes()
    let (real, imaginary) = (try map(values.map(\.real)), try map(values.map(\.imaginary)))
    return try Tensor(
      complexes: zip(real, imaginary).map { Complex($0, $1) }, as: elementType, shape: shape)
  }
}
