import Graph
import OrderedCollections

/// When tensors go into a file beside the model.
public enum ExternalDataPolicy: String, Sendable, CaseIterable {
  /// Only where the model would be too large for one protobuf message (2 GiB).
  case auto
  /// Every initializer of 1 KiB and more.
  case always
  /// Nothing; a model that is too large can't be written.
  case never
}

/// Where each large initializer stands in the file beside the model.
struct ExternalDataLayout {
  /// The file's name, relative to the model's folder.
  let location: String
  private let places: OrderedDictionary<String, Range<Int>>
  /// The file's size.
  let byteCount: Int

  /// The smallest tensor worth a place outside, as in the standard's own helper.
  private static let threshold = 1024
  /// Offsets are multiples of a page, so that each tensor can be mapped by itself.
  private static let alignment = 4096

  init(graph: Graph, location: String) {
    // Six-bit floats are packed as they are written, so their bytes are not at hand to be copied to a place outside.
    var places: OrderedDictionary<String, Range<Int>> = [:]
    var position = 0
    for (name, tensor) in graph.initializers
    where tensor.elementType != .string && !tensor.elementType.isSixBitFloat
      && tensor.byteCount >= Self.threshold
    {
      position = (position + Self.alignment - 1) / Self.alignment * Self.alignment
      places[name] = position..<(position + tensor.byteCount)
      position += tensor.byteCount
    }
    self.location = location
    self.places = places
    byteCount = position
  }

  func place(of name: String) -> Range<Int>? { places[name] }

  /// Tensor names with their places, in file order.
  var order: OrderedDictionary<String, Range<Int>> { places }
}
