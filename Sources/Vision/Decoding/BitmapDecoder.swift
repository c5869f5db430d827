/// Reads Windows bitmaps (BMP) of 1, 4, 8, 16, 24 and 32 bits a pixel that are not run-length encoded.
struct BitmapDecoder {
  private let file: CheckedBytes

  init(bytes: UnsafeRawBufferPointer) { file = CheckedBytes(bytes: bytes, format: .bitmap) }

  func decode(_ options: DecodingOptions) throws(PictureError) -> Picture {
    let pixelsStart = try file.number(at: 10, size: 4)
    let headerSize = try file.number(at: 14, size: 4)
    let isCore = headerSize == 12
    guard isCore || headerSize >= 40 else { throw file.damaged("a header of \(headerSize) bytes") }
    let field = isCore ? 2 : 4
    let width = try file.number(at: 18, size: field)
    let storedHeight = try file.number(at: 18 + field, size: field)
    // A negative height says that rows come from the top.
    let isTopDown = !isCore && storedHeight >= 1 << 31
    let height = isTopDown ? (1 << 32) - storedHeight : storedHeight
    try options.check(width: width, height: height)
    let depth = try file.number(at: isCore ? 24 : 28, size: 2)
    let compression = isCore ? 0 : try file.number(at: 30, size: 4)
    guard compression == 0 || (compression == 3 && (depth == 16 || depth == 32)) else {
      throw file.unsupported("compression \(compression)")
    }
    guard [1, 4, 8, 16, 24, 32].contains(depth) else { throw file.damaged("\(depth) bits a pixel") }

    let palette = depth <= 8 ? try readPalette(at: 14 + headerSize, isCore: isCore, depth: depth) : []
    var masks = depth == 16 ? [0x7C00, 0x03E0, 0x001F] : [0xFF0000, 0x00FF00, 0x0000FF]
    if compression == 3 {
      for channel in 0..<3 { masks[channel] = try file.number(at: 54 + 4 * channel, size: 4) }
    }
    let stride = (width * depth + 31) / 32 * 4
    let rows = try file.slice(at: pixelsStart, count: stride * height)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
      let row = (isTopDown ? y : height - 1 - y) * stride
      for x in 0..<width {
        switch depth {
        case 1, 4, 8:
          let bit = x * depth
          let index = Int(rows[row + bit / 8]) >> (8 - depth - bit % 8) & ((1 << depth) - 1)
          guard index < palette.count else { throw file.damaged("a colour that the palette lacks") }
          pixels += palette[index]
        case 24:
          let start = row + 3 * x
          pixels += [rows[start + 2], rows[start + 1], rows[start]]
        default:
          let size = depth / 8
          let start = row + size * x
          let value = (0..<size).reversed().reduce(0) { $0 << 8 | Int(rows[start + $1]) }
          for mask in masks { pixels.append(Self.channel(value, mask)) }
        }
      }
    }
    return Picture(trustedWidth: width, height: height, pixels: pixels)
  }

  /// The bits under `mask`, spread to 0…255.
  private static func channel(_ value: Int, _ mask: Int) -> UInt8 {
    guard mask > 0 else { return 0 }
    let shift = mask.trailingZeroBitCount
    let most = mask >> shift
    return UInt8(truncatingIfNeeded: ((value & mask) >> shift) * 255 / most)
  }

  private func readPalette(at start: Int, isCore: Bool, depth: Int) throws(PictureError) -> [[UInt8]] {
    let size = isCore ? 3 : 4
    var count = isCore ? 0 : try file.number(at: 46, size: 4)
    if count == 0 || count > 1 << depth { count = 1 << depth }
    let entries = try file.slice(at: start, count: count * size)
    return (0..<count).map { [entries[size * $0 + 2], entries[size * $0 + 1], entries[size * $0]] }
  }
}
