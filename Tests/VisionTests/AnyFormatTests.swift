import TestSupport
import Testing
import Vision

/// Formats that only `ImageDecoder` reads, against Pillow, which wrote them.
@Suite struct AnyFormatTests {
  private static let script = """
    import sys
    import numpy as np
    from PIL import Image
    folder = sys.argv[1]
    r = np.random.default_rng(3)
    small = r.integers(0, 256, (5, 7, 3), dtype="u1")
    rgb = Image.fromarray(np.kron(small, np.ones((4, 3, 1), "u1")))
    gray, bits = rgb.convert("L"), rgb.convert("1")
    def save(image, name, **options):
        image.save(f"{folder}/{name}", **options)
        Image.open(f"{folder}/{name}").convert("RGB").save(f"{folder}/{name}.png")
    save(rgb, "rgb.bmp"); save(gray, "gray.bmp"); save(bits, "bits.bmp"); save(rgb.convert("P"), "palette.bmp")
    save(rgb.convert("RGBA"), "rgba.bmp")
    save(rgb, "rgb.ppm"); save(gray, "gray.pgm"); save(bits, "bits.pbm")
    open(f"{folder}/text.ppm", "w").write("P3 # a comment\\n2 1\\n15\\n0 5 15\\n15 10 0\\n")
    Image.fromarray(np.array([[[0, 85, 255], [255, 170, 0]]], "u1")).save(f"{folder}/text.ppm.png")
    for name, compression in (("plain", None), ("packbits", "packbits"), ("lzw", "tiff_lzw")):
        for image, kind in ((rgb, "rgb"), (gray, "gray"), (bits, "bits"), (rgb.convert("P"), "palette")):
            if kind == "bits" and name == "lzw":
                continue
            save(image, f"{name}_{kind}.tiff", compression=compression)
    save(rgb, "lossy.webp"); save(rgb, "lossless.webp", lossless=True)
    save(rgb, "whole.jp2"); save(gray, "gray.jp2"); save(rgb, "lossy.j2k", irreversible=True, quality_layers=[40])
    """

  @Test func pixelsAreThoseOfPillow() throws {
    let folder = try ScratchFolder()
    try Peer.run(Self.script, [folder.path])
    let names = folder.names.filter { !$0.hasSuffix(".png") }
    #expect(names.count > 20)
    for name in names {
      let expected = try Picture(path: folder.file("\(name).png"))
      let found = try readFile(folder.file(name)).withUnsafeBytes { try Picture(decodingAnyFormat: $0) }
      #expect((found.width, found.height) == (expected.width, expected.height), "\(name)")
      // Which of two neighbours a lossy file's half-way samples become is the decoder's choice.
      let most = name.hasPrefix("lossy") ? 2 : 0
      let difference = zip(found.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max()
      #expect(difference ?? 999 <= most, "\(name) differs by \(difference ?? 999)")
    }
  }

  /// Every file cut short, and with each of its first bytes changed: a picture or an error, never a crash.
  @Test func damagedFilesAreRefused() throws {
    let folder = try ScratchFolder()
    try Peer.run(Self.script, [folder.path])
    for name in folder.names where !name.hasSuffix(".png") {
      let whole = try readFile(folder.file(name))
      for length in [0, 1, 2, 5, 13, 30, whole.count / 2] {
        let cut = try whole.prefix(length).withUnsafeBytes { try Picture.decodingIfWhole($0) }
        #expect(
          cut == nil || name.hasSuffix(".webp") || name.hasSuffix("j2k") || name.hasSuffix("jp2"),
          "\(name) \(length)")
      }
      for position in 0..<min(whole.count, 80) {
        for value in [0, 0x7F, 0xFF] as [UInt8] {
          var changed = whole
          changed[position] = value
          let options = DecodingOptions(maximumPixels: 1 << 14)
          _ = try? changed.withUnsafeBytes { try Picture(decodingAnyFormat: $0, options: options) }
        }
      }
    }
  }
}
