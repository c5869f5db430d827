import TestSupport
import Testing
import Vision

@Suite struct ResizingTests {
  /// 5x4 pixels whose sample `i` is `37 i` modulo 256; expectations from Pillow 13.0 `resize(size, BILINEAR)`.
  @Test(
    arguments: [
      (3, 2, [79, 116, 137, 115, 91, 120, 150, 124, 99, 146, 136, 126, 121, 134, 122, 113, 129, 119]),
      (1, 1, [119, 119, 120]),
      (
        7, 1,
        [65, 102, 139, 128, 135, 129, 150, 133, 117, 84, 68, 105, 125, 147, 146, 135, 140, 123, 125, 87, 71]
      ),
      (
        2, 5,
        [
          99, 78, 115, 147, 126, 81, 88, 108, 145, 136, 99, 111, 106, 143, 127, 113, 109, 140, 140, 145, 106,
          106, 140, 137, 170, 102, 128, 136, 162, 94,
        ]
      ),
    ] as [(Int, Int, [UInt8])])
  func goldenNumbers(width: Int, height: Int, expected: [UInt8]) throws {
    let picture = try Picture(
      width: 5, height: 4, pixels: (0..<60).map { UInt8(truncatingIfNeeded: 37 * $0) })
    #expect(try picture.resized(width: width, height: height).pixels == expected)
  }

  @Test func everySizeIsPillowsBitForBit() throws {
    let folder = try ScratchFolder()
    let sides = [1, 2, 3, 5, 8, 31, 32, 33, 64, 100, 257]
    let sources = [(1, 1), (2, 3), (32, 32), (33, 17), (100, 75), (257, 3), (5, 300)]
    for (index, (width, height)) in sources.enumerated() {
      try writeFile(
        folder.file("\(index).rgb"),
        try Picture.noise(width: width, height: height, seed: UInt64(index)).pixels)
    }
    let version = try Peer.run(
      """
      import sys
      import PIL
      from PIL import Image
      folder, sides, sources = sys.argv[1], eval(sys.argv[2]), eval(sys.argv[3])
      for index, size in enumerate(sources):
          source = Image.frombytes("RGB", size, open(f"{folder}/{index}.rgb", "rb").read())
          for width in sides:
              with open(f"{folder}/{index}_{width}.rgb", "wb") as file:
                  for height in sides:
                      file.write(source.resize((width, height), Image.BILINEAR).tobytes())
      print(PIL.__version__.split(".")[0], end="")
      """, [folder.path, "\(sides)", "\(sources)"])
    // Before 13 Pillow always resized columns first.
    let tolerance = try #require(Int(version)) >= 13 ? 0 : 1
    for (index, (width, height)) in sources.enumerated() {
      let source = try Picture.noise(width: width, height: height, seed: UInt64(index))
      for newWidth in sides {
        let expected = try readFile(folder.file("\(index)_\(newWidth).rgb"))
        var start = 0
        for newHeight in sides {
          let found = try source.resized(width: newWidth, height: newHeight).pixels
          let end = start + newWidth * newHeight * 3
          let difference = largestDifference(found, Array(expected[start..<end]))
          #expect(
            difference <= tolerance,
            "noise(\(width), \(height), seed: \(index)).resized(\(newWidth), \(newHeight)): off by \(difference)"
          )
          start = end
        }
      }
    }
  }

  @Test(arguments: [(0, 5), (5, -1), (70_000, 2), (65_535, 65_535)])
  func sizesThatCannotBe(width: Int, height: Int) throws {
    let picture = try Picture(width: 2, height: 2, color: .white)
    #expect(throws: PictureError.self) { try picture.resized(width: width, height: height) }
  }
}
