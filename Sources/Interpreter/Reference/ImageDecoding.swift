import Graph
import Synchronization

/// Pictures for the operator `ImageDecoder`, whose codecs are not the interpreter's business.
public enum ImageDecoders {
  /// Red, green and blue samples, `[height, width, 3]`.
  public struct Image: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The samples, row by row from the top.
    public let samples: [UInt8]

    /// An image of these samples.
    public init(width: Int, height: Int, samples: [UInt8]) {
      self.width = width
      self.height = height
      self.samples = samples
    }
  }

  /// Decodes a whole file; gives `nil` where it is damaged or no picture, and throws where it may be a good one that
  /// can't be decoded here.
  public typealias Decoder = @Sendable (UnsafeRawBufferPointer) throws -> Image?

  private static let registered = Mutex<Decoder?>(nil)

  /// Makes `decoder` the one that `ImageDecoder` nodes of all sessions use.
  public static func register(_ decoder: @escaping Decoder) { registered.withLock { $0 = decoder } }

  static var current: Decoder? { registered.withLock { $0 } }
}

extension ReferenceFamily {
  /// From encoded pictures to pixels.
  static let imageDecoding = ReferenceFamily(
    "ImageDecoding",
    [ReferenceOperator("ImageDecoder") { try decodeImage(&$0) }])

  /// ONNX ImageDecoder-20. What can't be decoded becomes an image without pixels.
  private static func decodeImage(_ call: inout ReferenceCall) throws {
    let encoded = try call.tensor(0)
    guard encoded.elementType == .uint8 else {
      throw call.failure("needs bytes, found \(encoded.elementType.onnxName)")
    }
    guard let decoder = ImageDecoders.current else {
      throw call.failure("this program has no decoder of pictures: register one with ImageDecoders")
    }
    let format = call.node.string("pixel_format") ?? "RGB"
    guard ["RGB", "BGR", "Grayscale"].contains(format) else {
      throw call.failure("pixel_format '\(format)' is not RGB, BGR or Grayscale")
    }
    let channels = format == "Grayscale" ? 1 : 3
    let image: ImageDecoders.Image?
    do {
      image = try encoded.withBytes { try decoder($0) }
    } catch {
      throw call.failure("\(error)")
    }
    guard let image else { return call.set(0, try Tensor([UInt8](), shape: [0, 0, channels])) }
    guard image.samples.count == image.width * image.height * 3 else {
      throw call.failure(
        "the decoder gave \(image.samples.count) samples for \(image.width) x \(image.height)")
    }
    call.set(0, try Tensor(pixels(image.samples, format), shape: [image.height, image.width, channels]))
  }

  private static func pixels(_ samples: [UInt8], _ format: String) -> [UInt8] {
    if format == "RGB" { return samples }
    var result: [UInt8] = []
    for start in stride(from: 0, to: samples.count - 2, by: 3) {
      let (red, green, blue) = (samples[start], samples[start + 1], samples[start + 2])
      if format == "BGR" {
        result += [blue, green, red]
      } else {
        // ITU-R BT.601 luma, in the 16-bit fixed point that Pillow uses.
        let luma = UInt32(red) * 19595 + UInt32(green) * 38470 + UInt32(blue) * 7471 + 0x8000
        result.append(UInt8(truncatingIfNeeded: luma >> 16))
      }
    }
    return result
  }
}
