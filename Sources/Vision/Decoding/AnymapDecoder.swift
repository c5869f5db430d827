/// Reads portable bitmaps, graymaps and pixmaps (netpbm's PBM, PGM and PPM), as text or binary, up to 16 bits.
struct AnymapDecoder {
  private let file: CheckedBytes
  private var position = 2

  init(bytes: UnsafeRawBufferPointer) {
    file = CheckedBytes(bytes: bytes, format: .anymap, isLittleEndian: false)
  }

  mutating func decode(_ options: DecodingOptions) throws(PictureError) -> Picture {
    let kind = Int(file.bytes[1]) - 0x30
    let (isBinary, isBitmap, channels) = (kind > 3, kind % 3 == 1, kind % 3 == 0 ? 3 : 1)
    let width = try number()
    let height = try number()
    try options.check(width: width, height: height)
    let most = isBitmap ? 1 : try number()
    guard (1...65535).contains(most) else { throw file.damaged("samples up to \(most)") }
    let count = width * height * channels
    var samples: [UInt8] = []
    samples.reserveCapacity(count)
    func scaled(_ value: Int) -> UInt8 {
      most == 255 ? UInt8(truncatingIfNeeded: min(value, 255)) : UInt8(min(value, most) * 255 / most)
    }
    if !isBinary {
      for _ in 0..<count {
        let value = isBitmap ? 1 - min(1, try bit()) : try number()
        samples.append(scaled(value))
      }
    } else if isBitmap {
      let stride = (width + 7) / 8
      let rows = try file.slice(at: position + 1, count: stride * height)
      for index in 0..<count {
        let (y, x) = (index / width, index % width)
        samples.append(rows[y * stride + x / 8] >> (7 - UInt8(x % 8)) & 1 == 0 ? 255 : 0)
      }
    } else {
      let size = most > 255 ? 2 : 1
      // One character of white space stands before the samples.
      let data = try file.slice(at: position + 1, count: count * size)
      for index in 0..<count {
        samples.append(
          scaled(size == 1 ? Int(data[index]) : Int(data[2 * index]) << 8 | Int(data[2 * index + 1])))
      }
    }
    let pixels = channels == 3 ? samples : samples.flatMap { [$0, $0, $0] }
    return Picture(trustedWidth: width, height: height, pixels: pixels)
  }

  /// Skips white space and comments, which run from `#` to the line's end.
  private mutating func skipSpace() {
    while position < file.count {
      if file.bytes[position] == UInt8(ascii: "#") {
        while position < file.count, file.bytes[position] != 10 { position += 1 }
      } else if [9, 10, 11, 12, 13, 32].contains(file.bytes[position]) {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func number() throws(PictureError) -> Int {
    skipSpace()
    var value = 0
    let start = position
    while position < file.count, (0x30...0x39).contains(file.bytes[position]), position - start < 10 {
      value = value * 10 + Int(file.bytes[position]) - 0x30
      position += 1
    }
    guard position > start else { throw file.damaged("a number is missing at byte \(position)") }
    return value
  }

  /// A text bitmap's digits need no space between them.
  private mutating func bit() throws(PictureError) -> Int {
    skipSpace()
    guard position < file.count, (0x30...0x31).contains(file.bytes[position]) else {
      throw file.damaged("a digit 0 or 1 is missing at byte \(position)")
    }
    defer { position += 1 }
    return Int(file.bytes[position]) - 0x30
  }
}
