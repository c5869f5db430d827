import Graph

/// The input of a model that takes pictures: what it is called, and how pictures become it.
public struct PictureInput: Sendable {
  /// The graph input's name.
  public let name: String
  /// The type of its elements.
  public let elementType: ElementType
  /// How many pictures the model takes at once; `nil` for any number.
  public let batch: Int?
  /// How a picture becomes input. The size is set where the model fixes it.
  public let preprocessing: Preprocessing
  /// Whether the model says what is done with values: scale, mean or standard deviation in its metadata, or bytes
  /// as its input.
  public let isDescribed: Bool

  /// The picture input of `model`.
  ///
  /// What the metadata don't say follows from the input's type: channels from the dimension that is 1 or 3, the
  /// size from fixed extents, and bytes are not scaled.
  ///
  /// - Parameter adjust: changes what the metadata say before it is checked against the model, such as by
  ///   what a caller knows better.
  /// - Throws: `MetadataError` where the metadata can't be understood; `PictureError` where the model doesn't take
  ///   pictures, or not such as are described.
  public init(model: Model, adjust: (inout Preprocessing) throws -> Void = { _ in }) throws {
    let inputs = model.graph.requiredInputs
    guard inputs.count == 1, let input = inputs.first else {
      let names = inputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw PictureError(
        .preparation(
          "the model takes \(inputs.count) inputs" + (names.isEmpty ? "" : " (\(names))")
            + "; pictures are for models of one"))
    }
    name = input.name
    func refuse(_ reason: String) -> PictureError {
      PictureError(.preparation("the model's input '\(input.name)' \(reason)"))
    }
    guard case .tensor(let elementType, let shape)? = input.type else { throw refuse("takes no pictures") }
    guard [.float32, .float16, .bfloat16, .float64, .uint8].contains(elementType) else {
      throw refuse("has elements of type \(elementType.onnxName); pictures are floats or bytes")
    }
    guard shape?.rank ?? 4 == 4 else {
      throw refuse("is \(input.type?.description ?? ""); pictures have four dimensions")
    }
    self.elementType = elementType
    let extents = shape?.dimensions.map(\.fixedValue) ?? [nil, nil, nil, nil]
    batch = extents[0]

    let stated = Preprocessing.statedKeys(in: model.metadata)
    var preprocessing = try Preprocessing(metadata: model.metadata)
    if !stated.contains(.layout), let last = extents[3], [1, 3].contains(last), ![1, 3].contains(extents[1]) {
      preprocessing.layout = .nhwc
    }
    let channels = preprocessing.layout == .nchw ? extents[1] : extents[3]
    if !stated.contains(.color), channels == 1, preprocessing.color != .gray {
      let (mean, std) = (preprocessing.mean, preprocessing.std)
      let usesDefaults = mean.allSatisfy { $0 == 0 } && std.allSatisfy { $0 == 1 }
      guard usesDefaults else { throw refuse("has one channel, but mean and std have \(mean.count) numbers") }
      (preprocessing.color, preprocessing.mean, preprocessing.std) = (.gray, [0], [1])
    }
    if elementType == .uint8, !stated.contains(.scale) { preprocessing.scale = .factor(1) }
    isDescribed = elementType == .uint8 || stated.contains { [.scale, .mean, .std].contains($0) }
    try adjust(&preprocessing)

    if let channels, channels != preprocessing.color.channels {
      throw refuse(
        "has \(channels) channels, \(preprocessing.color.rawValue) pictures have "
          + "\(preprocessing.color.channels)")
    }
    let (rows, columns) = preprocessing.layout == .nchw ? (extents[2], extents[3]) : (extents[1], extents[2])
    if let size = preprocessing.size {
      guard rows ?? size.height == size.height, columns ?? size.width == size.width else {
        throw refuse("is \(shape?.description ?? ""), which a size of \(size) doesn't fit")
      }
    } else if let rows, let columns {
      guard let size = Preprocessing.Size("\(rows)x\(columns)") else {
        throw refuse("is \(shape?.description ?? ""), which is no size of pictures")
      }
      preprocessing.size = size
    } else if let side = rows ?? columns {
      throw refuse("fixes only one side (\(side)); give the size")
    }
    if elementType == .uint8 {
      guard preprocessing.scale == .factor(1), preprocessing.mean.allSatisfy({ $0 == 0 }),
        preprocessing.std.allSatisfy({ $0 == 1 })
      else { throw refuse("takes bytes, which are neither scaled nor normalised") }
    }
    self.preprocessing = preprocessing
  }

  /// The pictures as one batch in the input's type, `[N, C, H, W]` or `[N, H, W, C]`.
  ///
  /// - Throws: `PictureError` where they can't be fitted to one size.
  public func tensor(from pictures: [Picture]) throws -> Tensor {
    let tensor = try preprocessing.tensor(from: pictures)
    switch elementType {
    case .float32: return tensor
    case .uint8:
      let bytes = try tensor.withElements(of: Float.self) { $0.map { UInt8($0) } }
      return try Tensor(bytes, shape: tensor.shape)
    default: return try Tensor(doubles: tensor.doubles(), as: elementType, shape: tensor.shape)
    }
  }
}
