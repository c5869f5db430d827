/// The part of EXIF data (JEITA CP-3451, a TIFF 6.0 structure) that changes how a picture is seen.
struct Exif {
  /// The orientation, where the data are well-formed and name one.
  let orientation: Orientation?

  /// Reads a TIFF structure. Data that don't follow the standard say nothing: pictures are shown as stored
  /// then, as viewers do.
  init(_ bytes: UnsafeRawBufferPointer) {
    orientation = Self.readOrientation(bytes)
  }

  private static let orientationTag = 0x0112
  private static let shortType = 3

  private static func readOrientation(_ bytes: UnsafeRawBufferPointer) -> Orientation? {
    guard bytes.count >= 8 else { return nil }
    let isLittleEndian: Bool
    switch (bytes[0], bytes[1]) {
    case (UInt8(ascii: "I"), UInt8(ascii: "I")): isLittleEndian = true
    case (UInt8(ascii: "M"), UInt8(ascii: "M")): isLittleEndian = false
    default: return nil
    }
    func number(at offset: Int, size: Int) -> Int {
      let field = bytes[offset..<offset + size]
      return isLittleEndian
        ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, size: 2) == 42 else { return nil }
    let directory = number(at: 4, size: 4)
    guard directory >= 8, directory + 2 <= bytes.count else { return nil }
    let count = number(at: directory, size: 2)
    guard directory + 2 + 12 * count <= bytes.count else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard number(at: entry, size: 2) == orientationTag else { continue }
      guard number(at: entry + 2, size: 2) == shortType, number(at: entry + 4, size: 4) == 1 else {
        return nil
      }
      return Orientation(rawValue: number(at: entry + 8, size: 2))
    }
    return nil
  }
}

/// How stored rows and columns are to be seen; raw values are EXIF's. Names say where the first stored row and
/// column belong.
enum Orientation: Int, CaseIterable {
  case upright = 1
  case mirrored = 2
  case upsideDown = 3
  case flipped = 4
  case transposed = 5
  case turnedRight = 6
  case transverse = 7
  case turnedLeft = 8

  /// Whether rows become columns.
  var swapsSides: Bool { rawValue >= 5 }
}

extension Picture {
  /// The picture as `orientation` says that it is to be seen.
  func oriented(_ orientation: Orientation) -> Picture {
    if orientation == .upright { return self }
    let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
    let turned = pixels.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
        var next = 0
        for y in 0..<newHeight {
          for x in 0..<newWidth {
            let (column, row) =
              switch orientation {
              case .upright: (x, y)
              case .mirrored: (width - 1 - x, y)
              case .upsideDown: (width - 1 - x, height - 1 - y)
              case .flipped: (x, height - 1 - y)
              case .transposed: (y, x)
              case .turnedRight: (y, height - 1 - x)
              case .transverse: (width - 1 - y, height - 1 - x)
              case .turnedLeft: (width - 1 - y, x)
              }
            let start = (row * width + column) * 3
            target[next] = source[start]
            target[next + 1] = source[start + 1]
            target[next + 2] = source[start + 2]
            next += 3
          }
        }
        count = next
      }
    }
    return Picture(trustedWidth: newWidth, height: newHeight, pixels: turned)
  }
}
