import OrderedCollections

/// How a picture becomes a model's input; travels in the model's `metadata_props`.
///
/// A picture is resized (see `Resize`), its channels are put in order (`color`), every value `v` of 0…255
/// becomes `(v · scale − mean[c]) ÷ std[c]` in single precision, and the result is laid out as `layout` says
/// with a leading batch dimension of one.
///
/// | key | value | where absent |
/// | --- | --- | --- |
/// | `input_size` | `HxW`, such as `32x32` | the input's shape decides |
/// | `resize` | `stretch`, or `shorter:256` (shorter side to 256, then the centre is cut out) | `stretch` |
/// | `color` | `RGB`, `BGR` or `GRAY` | `RGB`, or `GRAY` where `mean` or `std` is one number |
/// | `scale` | `1/255`, or a factor such as `1` | `1/255` |
/// | `mean`, `std` | one number for each channel, such as `0.4914,0.4822,0.4465` | 0 and 1 |
/// | `layout` | `NCHW` or `NHWC` | `NCHW` |
public struct Preprocessing: Sendable, Equatable {
  /// Height and width of the input, where they are fixed.
  public var size: Size?
  /// How a picture of another size is fitted.
  public var resize: Resize
  /// The order of the channels.
  public var color: ColorOrder
  /// What values of 0…255 are scaled by.
  public var scale: Scale
  /// Subtracted after scaling, one number a channel in the model's order.
  public var mean: [Float]
  /// Divided by after `mean` is subtracted, one positive number a channel in the model's order.
  public var std: [Float]
  /// The order of the dimensions.
  public var layout: Layout

  /// A preprocessing of these parts; `mean` and `std` default to 0 and 1 for every channel.
  public init(
    size: Size? = nil, resize: Resize = .stretch, color: ColorOrder = .rgb, scale: Scale = .division(255),
    mean: [Float]? = nil, std: [Float]? = nil, layout: Layout = .nchw
  ) {
    self.size = size
    self.resize = resize
    self.color = color
    self.scale = scale
    self.mean = mean ?? Array(repeating: 0, count: color.channels)
    self.std = std ?? Array(repeating: 1, count: color.channels)
    self.layout = layout
  }

  /// The extents of a picture in pixels, written `HxW`.
  public struct Size: Sendable, Hashable, LosslessStringConvertible {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// Extents of `height` rows and `width` columns.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    /// Reads `HxW`, both from 1 to 65,535; `nil` where `text` is anything else.
    public init?(_ text: String) {
      let parts = text.split(separator: "x", omittingEmptySubsequences: false)
      guard parts.count == 2, let height = Self.extent(parts[0]), let width = Self.extent(parts[1]) else {
        return nil
      }
      self.init(height: height, width: width)
    }

    private static func extent(_ text: Substring) -> Int? {
      guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text) else { return nil }
      return (1...65535).contains(value) ? value : nil
    }

    /// `HxW`.
    public var description: String { "\(height)x\(width)" }
  }

  /// How a picture of another size is fitted to the input.
  public enum Resize: Sendable, Hashable, LosslessStringConvertible {
    /// Both sides are scaled to the input's, whatever the picture's proportions.
    case stretch
    /// The shorter side is scaled to `shorter` pixels, then the centre is cut out (torchvision's
    /// `Resize(shorter)` and `CenterCrop`).
    case centerCrop(shorter: Int)

    /// Reads `stretch` or `shorter:N`; `nil` where `text` is anything else.
    public init?(_ text: String) {
      if text == "stretch" {
        self = .stretch
      } else if text.hasPrefix("shorter:"), let side = Int(text.dropFirst(8)), (1...65535).contains(side) {
        self = .centerCrop(shorter: side)
      } else {
        return nil
      }
    }

    /// `stretch` or `shorter:N`.
    public var description: String {
      switch self {
      case .stretch: "stretch"
      case .centerCrop(let shorter): "shorter:\(shorter)"
      }
    }
  }

  /// The channels of the input and their order.
  public enum ColorOrder: String, Sendable, Hashable, CaseIterable {
    case rgb = "RGB"
    case bgr = "BGR"
    /// One channel: ITU-R 601-2 luma.
    case gray = "GRAY"

    /// How many channels there are.
    public var channels: Int { self == .gray ? 1 : 3 }
  }

  /// The order of the input's dimensions.
  public enum Layout: String, Sendable, Hashable, CaseIterable {
    case nchw = "NCHW"
    case nhwc = "NHWC"
  }

  /// What values of 0…255 are scaled by. Division and multiplication round differently, so both exist.
  public enum Scale: Sendable, Hashable, LosslessStringConvertible {
    /// `v / divisor`, as torchvision's `ToTensor` divides by 255.
    case division(Float)
    /// `v * factor`.
    case factor(Float)

    /// Reads `1/N` or a positive number; `nil` where `text` is anything else.
    public init?(_ text: String) {
      if text.hasPrefix("1/") {
        guard let divisor = Float(text.dropFirst(2)), divisor > 0, divisor.isFinite else { return nil }
        self = .division(divisor)
      } else {
        guard let factor = Float(text), factor > 0, factor.isFinite else { return nil }
        self = .factor(factor)
      }
    }

    /// `1/N` or the factor.
    public var description: String {
      switch self {
      case .division(let divisor): "1/" + Preprocessing.text(divisor)
      case .factor(let factor): Preprocessing.text(factor)
      }
    }
  }
}

extension Preprocessing {
  /// The keys in `metadata_props`.
  public enum Key: String, Sendable, CaseIterable {
    case size = "input_size"
    case resize
    case color
    case scale
    case mean
    case std
    case layout
  }

  /// What `metadata` says, and the defaults where it is silent; `Key`s that are present can be asked for with
  /// `statedKeys(in:)`.
  ///
  /// - Throws: `MetadataError` where a value can't be understood, or `mean` and `std` don't have one number
  ///   for each channel.
  public init(metadata: OrderedDictionary<String, String>) throws(MetadataError) {
    self.init()
    if let color = try Self.value(.color, in: metadata, "RGB, BGR or GRAY", ColorOrder.init(rawValue:)) {
      self = Preprocessing(color: color)
    } else if let text = metadata[Key.mean.rawValue] ?? metadata[Key.std.rawValue], !text.contains(",") {
      self = Preprocessing(color: .gray)
    }
    size = try Self.value(.size, in: metadata, "HxW, such as 224x224", Size.init)
    resize = try Self.value(.resize, in: metadata, "'stretch' or 'shorter:256'", Resize.init) ?? resize
    scale = try Self.value(.scale, in: metadata, "'1/255' or a positive number", Scale.init) ?? scale
    layout = try Self.value(.layout, in: metadata, "NCHW or NHWC", Layout.init(rawValue:)) ?? layout
    let channels = color.channels
    let expected = channels == 1 ? "one number" : "\(channels) numbers, such as 0.485,0.456,0.406"
    if let values = try Self.value(.mean, in: metadata, expected, { Self.numbers($0, count: channels) }) {
      mean = values
    }
    let positive = expected + (channels == 1 ? " above zero" : ", all above zero")
    if let values = try Self.value(.std, in: metadata, positive, { Self.numbers($0, count: channels) }) {
      guard values.allSatisfy({ $0 > 0 }) else {
        throw .value(key: Key.std.rawValue, found: metadata[Key.std.rawValue] ?? "", expected: positive)
      }
      std = values
    }
  }

  /// Which keys `metadata` has.
  public static func statedKeys(in metadata: OrderedDictionary<String, String>) -> [Key] {
    Key.allCases.filter { metadata[$0.rawValue] != nil }
  }

  /// Writes all keys (`input_size` only where the size is fixed, the layout and the way of resizing only where
  /// they differ from the default) into `metadata`, replacing what was there.
  public func write(to metadata: inout OrderedDictionary<String, String>) {
    metadata[Key.size.rawValue] = size?.description
    metadata[Key.resize.rawValue] = resize == .stretch ? nil : resize.description
    metadata[Key.color.rawValue] = color.rawValue
    metadata[Key.scale.rawValue] = scale.description
    metadata[Key.mean.rawValue] = mean.map(Self.text).joined(separator: ",")
    metadata[Key.std.rawValue] = std.map(Self.text).joined(separator: ",")
    metadata[Key.layout.rawValue] = layout == .nchw ? nil : layout.rawValue
  }

  /// Finite numbers separated by commas; `nil` where `text` is anything else or `count` differs.
  public static func numbers(_ text: String, count: Int) -> [Float]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == count else { return nil }
    var values: [Float] = []
    for part in parts {
      let word = part.drop { $0 == " " }
      let end = word.lastIndex { $0 != " " }.map { word.index(after: $0) } ?? word.startIndex
      guard let value = Float(word[..<end]), value.isFinite else { return nil }
      values.append(value)
    }
    return values
  }

  private static func value<Value>(
    _ key: Key, in metadata: OrderedDictionary<String, String>, _ expected: String,
    _ parse: (String) -> Value?
  ) throws(MetadataError) -> Value? {
    guard let text = metadata[key.rawValue] else { return nil }
    guard let value = parse(text) else {
      throw .value(key: key.rawValue, found: text, expected: expected)
    }
    return value
  }

  /// The shortest text that reads back as the same number, without `.0`.
  fileprivate static func text(_ value: Float) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// A property in `metadata_props` that can't be understood.
public enum MetadataError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The value is not of the form that its key needs.
  case value(key: String, found: String, expected: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .value(let key, let found, let expected):
      "the model's property '\(key)' is '\(found.prefix(60))', needs \(expected)"
    }
  }
}
