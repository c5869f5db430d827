import OrderedCollections

extension Graph {
  /// Stores every float32 initializer as float16 with a `Cast` behind it, so that the file takes half the room
  /// and computation stays in single precision.
  ///
  /// Values beyond float16's range (65,504) would become infinite.
  ///
  /// - Throws: `GraphError.invalid` naming a tensor that has such a value.
  public mutating func storeWeightsInHalfPrecision() throws {
    var casts: [Node] = []
    for (name, tensor) in initializers where tensor.elementType == .float32 {
      let halved = try tensor.withElements(of: Float.self) { $0.map { Float16($0) } }
      let overflows = try tensor.withElements(of: Float.self) { values in
        zip(values, halved).contains { $0.isFinite && !$1.isFinite }
      }
      if overflows {
        throw GraphError.invalid("tensor '\(name)' has values beyond the range of float16")
      }
      let stored = freshName(name + "_half")
      initializers[stored] = try Tensor(halved, shape: tensor.shape)
      initializers[name] = nil
      casts.append(
        Node(
          "Cast", name: name, inputs: [stored], outputs: [name],
          attributes: ["to": .int(Int64(ElementType.float32.rawValue))]))
    }
    nodes = casts + nodes
  }
}
