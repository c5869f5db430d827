import CJPEG
import TestSupport
import Testing
import Vision

@Suite struct DecodingTests {
  @Test func everyKindOfPNGGivesItsSamples() throws {
    let folder = try ScratchFolder()
    let pictures = try PeerPicture.make(script: "make_pngs.py", in: folder, suffix: "png")
    #expect(pictures.count == 6 * (5 * 2 + 4 * 2 + 2 * 4) + 4)
    for picture in pictures { picture.check() }
  }

  @Test func everyKindOfJPEGGivesWhatPillowGives() throws {
    let folder = try ScratchFolder()
    let pictures = try PeerPicture.make(script: "make_jpegs.py", in: folder, suffix: "jpg")
    #expect(pictures.count == 4 * 11 + 10)
    for picture in pictures { picture.check() }
  }

  /// Pillow doesn't write YCCK, libturbojpeg makes it of CMYK.
  @Test func ycckGivesWhatPillowGives() throws {
    let folder = try ScratchFolder()
    let (width, height) = (21, 13)
    var generator = SeededGenerator(seed: 3)
    let base = (0..<4).map { _ in Int.random(in: 0...200, using: &generator) }
    let samples = (0..<width * height * 4).map { UInt8(base[$0 % 4] + $0 / 4 % width * 2) }
    let encoder = try #require(tjInitCompress())
    defer { tjDestroy(encoder) }
    var file: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    let status = tjCompress2(
      encoder, samples, Int32(width), 0, Int32(height), Int32(TJPF_CMYK.rawValue), &file, &size,
      Int32(TJSAMP_420.rawValue), 90, 0)
    defer { tjFree(file) }
    try #require(status == 0)
    try writeFile(folder.file("ycck.jpg"), UnsafeBufferPointer(start: file, count: Int(size)))
    let pictures = try PeerPicture.make(
      script: "make_jpegs.py", in: folder, suffix: "jpg", arguments: ["ycck"])
    try #require(pictures.count == 1)
    pictures[0].check()
  }

  @Test func transparentPartsShowTheBackground() throws {
    // 2x1, RGBA: half transparent red, opaque blue.
    let folder = try ScratchFolder()
    let path = folder.file("two.png")
    try Peer.run(
      """
      import sys; from PIL import Image
      image = Image.new("RGBA", (2, 1), (0, 0, 255, 255)); image.putpixel((0, 0), (255, 0, 0, 128))
      image.save(sys.argv[1])
      """, [path])
    let black = try Picture(path: path)
    #expect(black.pixels == [128, 0, 0, 0, 0, 255])
    let white = try Picture(path: path, options: DecodingOptions(background: .white))
    #expect(white.pixels == [255, 127, 127, 0, 0, 255])
    #expect(Picture.Color("#0a0B0c") == Picture.Color(red: 10, green: 11, blue: 12))
    #expect(Picture.Color("0a0b0c")?.description == "0a0b0c")
    #expect(Picture.Color("red") == nil && Picture.Color("+a0b0c") == nil)
  }
}
