import TestSupport
import Testing
import Vision

@Suite struct BadPictureTests {
  private static let png: [UInt8] = [
    // A grey pixel: signature, IHDR, IDAT, IEND.
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0,
    1,
    8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 10, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x68, 0, 0,
    0,
    0x82, 0, 0x81, 0x77, 0xCD, 0x72, 0xB6, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
  ]

  private func sentence(_ bytes: [UInt8], options: DecodingOptions = DecodingOptions()) -> String {
    do {
      let picture = try Picture(bytes: bytes, options: options)
      return "read as \(picture.width)x\(picture.height)"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    arguments: [
      ([], "this is an empty file; pictures are PNG or JPEG"),
      (Array("GIF89a".utf8), "this is a GIF; pictures are PNG or JPEG"),
      (Array("RIFF....WEBPVP8 ".utf8), "this is a WebP; pictures are PNG or JPEG"),
      (Array("BM......".utf8), "this is a BMP; pictures are PNG or JPEG"),
      (Array("....ftypavif".utf8), "this is an AVIF; pictures are PNG or JPEG"),
      (
        Array("version https://git-lfs".utf8),
        "this is a Git LFS pointer whose file was not fetched; pictures are PNG or JPEG"
      ),
      (
        [0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A],
        "this is a PNG that was changed as text when it was copied; pictures are PNG or JPEG"
      ),
      (Array("hello".utf8), "this is no picture; pictures are PNG or JPEG"),
      ([0xFF, 0xD8, 0xFF], "damaged JPEG: the file ends before its pixels"),
      ([0xFF, 0xD8, 0xFF, 0xD9, 0, 0], "damaged JPEG: no frame header before the pixels"),
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "damaged PNG: it has no header (IHDR)"),
    ] as [([UInt8], String)])
  func whatIsNoPictureSaysWhatItIs(bytes: [UInt8], expected: String) {
    #expect(sentence(bytes) == expected)
  }

  @Test func aFileIsNamed() throws {
    let folder = try ScratchFolder()
    let path = folder.file("x.png")
    #expect(throws: (any Error).self) { try Picture(path: path) }
    try writeFile(path, Array("GIF89a".utf8))
    do {
      _ = try Picture(path: path)
      Issue.record("a GIF was read")
    } catch {
      #expect("\(error)" == "\(path): this is a GIF; pictures are PNG or JPEG")
    }
  }

  /// A header that claims `width` × `height`.
  private func png(width: UInt32, height: UInt32) -> [UInt8] {
    var bytes = Self.png
    for (offset, value) in [(16, width), (20, height)] {
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * index)) }
    }
    return bytes
  }

  private func jpeg(width: UInt16, height: UInt16, bits: UInt8 = 8, components: UInt8 = 3) -> [UInt8] {
    [0xFF, 0xD8, 0xFF, 0xC0, 0, 8 + 3 * components, bits]
      + [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255), components]
      + [UInt8](repeating: 1, count: 3 * Int(components))
  }

  @Test func sizesAreCheckedBeforeMemoryIsTaken() {
    #expect(sentence(Self.png) == "read as 1x1")
    #expect(sentence(png(width: 0, height: 0)) == "the picture has no pixels (0x0)")
    #expect(sentence(png(width: 5, height: 0)) == "the picture has no pixels (5x0)")
    let large = "a picture of 100000x100000 pixels is too large; the limit is 134217728 pixels"
    #expect(sentence(png(width: 100_000, height: 100_000)) == large)
    #expect(sentence(png(width: .max, height: .max)).contains("too large"))
    #expect(
      sentence(png(width: 10_000, height: 10_000)) == "damaged PNG: the file is too short for its pixels")
    #expect(
      sentence(Self.png, options: DecodingOptions(maximumPixels: 0))
        == "a picture of 1x1 pixels is too large; the limit is 0 pixels")
    #expect(sentence(jpeg(width: 0, height: 0)) == "the picture has no pixels (0x0)")
    #expect(sentence(jpeg(width: 65_535, height: 65_535)).contains("too large"))
    #expect(sentence(jpeg(width: 8, height: 8, bits: 12)) == "JPEG with 12 bits a sample can't be read")
    #expect(sentence(jpeg(width: 8, height: 8, components: 2)) == "JPEG with 2 components can't be read")
  }

  /// Files that Pillow wrote, small enough to be cut everywhere.
  private func wholeFiles() throws -> [(name: String, bytes: [UInt8])] {
    let folder = try ScratchFolder()
    try Peer.run(
      """
      import sys; from PIL import Image; import numpy as np
      noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (9, 11, 3), dtype=np.uint8))
      noise.save(sys.argv[1] + "/rgb.png"); noise.quantize(16).save(sys.argv[1] + "/palette.png")
      noise.save(sys.argv[1] + "/baseline.jpg", quality=80)
      noise.save(sys.argv[1] + "/progressive.jpg", quality=80, progressive=True)
      noise.convert("CMYK").save(sys.argv[1] + "/cmyk.jpg", quality=80)
      """, [folder.path])
    return try folder.names.map { ($0, try readFile(folder.file($0))) }
  }

  @Test func aFileCutAnywhereIsAnError() throws {
    for (name, bytes) in try wholeFiles() {
      #expect(sentence(bytes) == "read as 11x9")
      for length in 0..<bytes.count {
        let result = sentence(Array(bytes[..<length]))
        #expect(!result.hasPrefix("read"), "\(name) cut to \(length) of \(bytes.count) bytes: \(result)")
      }
    }
  }

  @Test func damageNeverCrashes() throws {
    var generator = SeededGenerator(seed: 5)
    for (name, bytes) in try wholeFiles() {
      var errors = 0
      for _ in 0..<400 {
        var damaged = bytes
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
          damaged[Int.random(in: 2..<damaged.count, using: &generator)] = UInt8.random(
            in: 0...255, using: &generator)
        }
        if !sentence(damaged, options: DecodingOptions(maximumPixels: 1 << 20)).hasPrefix("read") {
          errors += 1
        }
      }
      #expect(errors > 0, "\(name)")
    }
  }
}
