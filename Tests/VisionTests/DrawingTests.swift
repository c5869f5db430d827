import Files
import TestSupport
import Testing
import Vision

@Suite struct DrawingTests {
  @Test func aWrittenPictureReadsBackHereAndInPillow() throws {
    let folder = try ScratchFolder()
    let picture = try Picture.noise(width: 37, height: 11, seed: 9)
    let path = folder.file("x.png")
    try picture.writePNG(path: path)
    #expect(try Picture(path: path) == picture)
    #expect(try readFile(path) == picture.encodedPNG())
    let grey = (0..<35).map { UInt8($0 * 7) }
    try Picture.writeGrayPNG(samples: grey, width: 7, height: 5, path: folder.file("grey.png"))
    let seen = try Peer.run(
      """
      import sys; from PIL import Image
      color, grey = (Image.open(path) for path in sys.argv[1:3])
      print(color.mode, color.size, grey.mode, grey.size, list(grey.tobytes()))
      open(sys.argv[3], "wb").write(color.tobytes())
      """, [path, folder.file("grey.png"), folder.file("x.rgb")])
    #expect(seen == "RGB (37, 11) L (7, 5) \(grey)\n")
    #expect(try readFile(folder.file("x.rgb")) == picture.pixels)
    #expect(folder.names == ["grey.png", "x.png", "x.rgb"])
    #expect(throws: PictureError.self) {
      try Picture.writeGrayPNG(samples: grey, width: 7, height: 6, path: path)
    }
    #expect(throws: FileError.self) { try picture.writePNG(path: folder.file("none/x.png")) }
  }

  @Test func viridisRunsFromDarkToLight() {
    let colors = (0...90).map { ColorMap.viridis.color(Float($0) / 90) }
    #expect(colors[0].description == "440154" && colors[90].description == "fde725")
    // 31688e is the fourth of ten.
    #expect(colors[30].description == "31688e")
    let luma = colors.map { 2126 * Int($0.red) + 7152 * Int($0.green) + 722 * Int($0.blue) }
    #expect(zip(luma, luma.dropFirst()).allSatisfy { $0 < $1 })
    #expect(ColorMap.viridis.color(-1) == colors[0] && ColorMap.viridis.color(.infinity) == colors[90])
    #expect(ColorMap.viridis.color(.nan) == colors[0])
  }

  @Test func aMapIsEnlargedBetweenItsCells() throws {
    let map = try HeatMap(width: 2, height: 1, values: [3, 5])
    let black = try Picture(width: 8, height: 3, color: .black)
    let drawn = map.overlaid(on: black, opacity: 1)
    // Cell centres lie at 2 and 6 of 8 columns: pixel centres ½…7½ are at 0, 0, ⅛, ⅜, ⅝, ⅞, 1, 1.
    let shares: [Float] = [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]
    for y in 0..<3 {
      for (x, share) in shares.enumerated() {
        #expect(drawn[x, y] == ColorMap.viridis.color(share), "pixel \(x), \(y)")
      }
    }
    #expect(map.overlaid(on: black, opacity: 0) == black)
    #expect(map.overlaid(on: black, range: 3...7, opacity: 1)[7, 0] == ColorMap.viridis.color(0.5))
    let flat = try HeatMap(width: 1, height: 1, values: [0.25])
    #expect(flat.overlaid(on: black, opacity: 1)[4, 1] == ColorMap.viridis.color(0.5))
    #expect(throws: PictureError.self) { try HeatMap(width: 2, height: 2, values: [1, 2, 3]) }
    #expect(throws: PictureError.self) { try HeatMap(width: 1, height: 1, values: [.nan]) }
  }

  @Test func smallPicturesAreMagnifiedInSquares() throws {
    let picture = try Picture.noise(width: 3, height: 2, seed: 1)
    let large = picture.magnified(toAtLeast: 5)
    #expect(large.width == 9 && large.height == 6)
    for y in 0..<6 { for x in 0..<9 { #expect(large[x, y] == picture[x / 3, y / 3]) } }
    #expect(picture.magnified(toAtLeast: 2) == picture)
  }

  @Test func barsAreAsHighAsTheirValues() throws {
    let picture = try BarChart(values: [0, 0.5, 1, 2, -1]).drawn(width: 50, height: 100)
    #expect(picture.width == 50 && picture.height == 101)
    let colors = [0, 0.5, 1, 1, 0].map { ColorMap.viridis.color(Float($0)) }
    for (bar, height) in [0, 50, 100, 100, 0].enumerated() {
      let column = (0..<100).filter { picture[bar * 10, $0] == colors[bar] }
      #expect(column == Array(100 - height..<100), "bar \(bar)")
    }
    #expect(try BarChart(values: Array(repeating: 0.5, count: 600)).drawn(width: 512).width == 600)
    #expect(throws: PictureError.self) { try BarChart(values: []) }
  }
}
