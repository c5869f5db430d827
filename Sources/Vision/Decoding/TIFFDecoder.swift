/// Reads the first picture of a TIFF file (revision 6.0, baseline): strips of 1, 4 or 8 bits, grey, palette or RGB,
/// stored plainly, with PackBits or with LZW.
struct TIFFDecoder {
  private var file: CheckedBytes

  init(bytes: UnsafeRawBufferPointer) {
    file = CheckedBytes(bytes: bytes, format: .tiff, isLittleEndian: bytes.first == UInt8(ascii: "I"))
  }

  private enum Tag: Int {
    case width = 256
    case height = 257
    case depth = 258
    case compression = 259
    case photometric = 262
    case stripOffsets = 273
    case samples = 277
    case rowsPerStrip = 278
    case stripCounts = 279
    case planar = 284
    case predictor = 317
    case colors = 320
    case tiles = 322
  }

  func decode(_ options: DecodingOptions) throws(PictureError) -> Picture {
    let tags = try readDirectory()
    func one(_ tag: Tag, _ fallback: Int) -> Int { tags[tag]?.first ?? fallback }
    let (width, height) = (one(.width, 0), one(.height, 0))
    try options.check(width: width, height: height)
    let samples = one(.samples, 1)
    let depth = one(.depth, 1)
    let photometric = one(.photometric, 1)
    guard tags[.tiles] == nil else { throw file.unsupported("tiles") }
    guard samples == 1 || one(.planar, 1) == 1 else { throw file.unsupported("separate planes") }
    guard [1, 4, 8].contains(depth), tags[.depth]?.allSatisfy({ $0 == depth }) ?? true else {
      throw file.unsupported("\(tags[.depth] ?? []) bits a sample")
    }
    guard (0...3).contains(photometric), (1...8).contains(samples), photometric != 2 || samples >= 3 else {
      throw file.unsupported("photometric interpretation \(photometric) with \(samples) samples")
    }
    let stride = (width * samples * depth + 7) / 8
    let rows = try readStrips(tags, stride: stride, height: height)
    let predicts = one(.predictor, 1) == 2
    guard one(.predictor, 1) <= 2, !predicts || depth == 8 else {
      throw file.unsupported("predictor \(one(.predictor, 1))")
    }
    let colors = tags[.colors] ?? []
    guard photometric != 3 || colors.count == 3 << depth else { throw file.damaged("no palette of its size") }
    let most = (1 << depth) - 1
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
      var row = Array(rows[(y * stride)..<((y + 1) * stride)])
      if predicts { for index in samples..<max(samples, stride) { row[index] &+= row[index - samples] } }
      for x in 0..<width {
        func sample(_ channel: Int) -> Int {
          let bit = (x * samples + channel) * depth
          return Int(row[bit / 8]) >> (8 - depth - bit % 8) & most
        }
        switch photometric {
        case 2: for channel in 0..<3 { pixels.append(UInt8(sample(channel) * 255 / most)) }
        case 3:
          let index = sample(0)
          for channel in 0..<3 {
            pixels.append(UInt8(truncatingIfNeeded: colors[channel << depth | index] >> 8))
          }
        default:
          let gray = UInt8((photometric == 0 ? most - sample(0) : sample(0)) * 255 / most)
          pixels += [gray, gray, gray]
        }
      }
    }
    return Picture(trustedWidth: width, height: height, pixels: pixels)
  }

  /// The whole numbers of the first directory, by tag.
  private func readDirectory() throws(PictureError) -> [Tag: [Int]] {
    let start = try file.number(at: 4, size: 4)
    let count = try file.number(at: start, size: 2)
    var tags: [Tag: [Int]] = [:]
    for index in 0..<count {
      let entry = start + 2 + 12 * index
      let sizes = [1: 1, 3: 2, 4: 4]
      guard let tag = Tag(rawValue: try file.number(at: entry, size: 2)),
        let size = sizes[try file.number(at: entry + 2, size: 2)]
      else { continue }
      let length = try file.number(at: entry + 4, size: 4)
      let place = length * size <= 4 ? entry + 8 : try file.number(at: entry + 8, size: 4)
      _ = try file.slice(at: place, count: length * size)
      var values: [Int] = []
      for position in 0..<length { values.append(try file.number(at: place + position * size, size: size)) }
      tags[tag] = values
    }
    return tags
  }

  private func readStrips(_ tags: [Tag: [Int]], stride: Int, height: Int) throws(PictureError) -> [UInt8] {
    let (offsets, counts) = (tags[.stripOffsets] ?? [], tags[.stripCounts] ?? [])
    let rowsPerStrip = min(height, max(1, tags[.rowsPerStrip]?.first ?? height))
    guard offsets.count == counts.count, offsets.count == (height + rowsPerStrip - 1) / rowsPerStrip else {
      throw file.damaged("\(offsets.count) strips for \(height) rows of \(rowsPerStrip) each")
    }
    var rows: [UInt8] = []
    for (index, offset) in offsets.enumerated() {
      let needed = stride * min(rowsPerStrip, height - index * rowsPerStrip)
      let packed = try file.slice(at: offset, count: counts[index])
      let strip: [UInt8]
      switch tags[.compression]?.first ?? 1 {
      case 1: strip = Array(packed.prefix(needed))
      case 5: strip = Self.expandLZW(packed, limit: needed)
      case 32773: strip = Self.expandPackBits(packed, limit: needed)
      case let other: throw file.unsupported("compression \(other)")
      }
      guard strip.count == needed else { throw file.damaged("strip \(index) is too short") }
      rows += strip
    }
    return rows
  }

  /// TIFF 6.0, section 9.
  private static func expandPackBits(_ packed: UnsafeRawBufferPointer, limit: Int) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    while position < packed.count, result.count < limit {
      let control = Int(Int8(bitPattern: packed[position]))
      position += 1
      if control >= 0 {
        result += packed[min(position, packed.count)..<min(position + control + 1, packed.count)]
        position += control + 1
      } else if control != -128, position < packed.count {
        result += Array(repeating: packed[position], count: 1 - control)
        position += 1
      }
    }
    return Array(result.prefix(limit))
  }

  /// TIFF 6.0, section 13: codes of 9 to 12 bits, highest bit first, that widen one code early.
  private static func expandLZW(_ packed: UnsafeRawBufferPointer, limit: Int) -> [UInt8] {
    let (clear, end) = (256, 257)
    var table: [[UInt8]] = []
    func fresh() -> [[UInt8]] { (0..<258).map { $0 < 256 ? [UInt8($0)] : [] } }
    var result: [UInt8] = []
    var previous: [UInt8]?
    var (bits, bitCount, width) = (0, 0, 9)
    for byte in packed {
      bits = (bits << 8 | Int(byte)) & 0xFFFFFF
      bitCount += 8
      guard bitCount >= width else { continue }
      bitCount -= width
      let code = bits >> bitCount & ((1 << width) - 1)
      if code == end || result.count >= limit { break }
      if code == clear || table.isEmpty {
        table = fresh()
        width = 9
        previous = nil
        if code == clear { continue }
      }
      let entry: [UInt8]
      if code < table.count {
        entry = table[code]
      } else if let previous, let first = previous.first, code == table.count {
        entry = previous + [first]
      } else {
        break
      }
      result += entry
      if let previous, let first = entry.first, table.count < 4096 { table.append(previous + [first]) }
      previous = entry
      if table.count >= (1 << width) - 1 { width = min(12, width + 1) }
    }
    return Array(result.prefix(limit))
  }
}
