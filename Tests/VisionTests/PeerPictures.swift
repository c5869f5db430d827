import TestSupport
import Testing
import Vision

/// A picture that Python wrote, and the samples that must be read from it.
struct PeerPicture {
  let name: String
  let path: String
  let width: Int
  let height: Int
  let samples: [UInt8]

  /// Runs a script of `Fixtures`, which prints name, width and height of each picture that it leaves in the
  /// folder beside `NAME.rgb`.
  static func make(
    script: String, in folder: ScratchFolder, suffix: String, arguments: [String] = []
  ) throws -> [PeerPicture] {
    let source = String(
      decoding: try readFile("\(Peer.packageRoot)/Tests/VisionTests/Fixtures/\(script)"), as: UTF8.self)
    return try Peer.run(source, [folder.path] + arguments).split(separator: "\n").map { line in
      let fields = line.split(separator: " ")
      return PeerPicture(
        name: String(fields[0]), path: folder.file("\(fields[0]).\(suffix)"),
        width: try #require(Int(fields[1])), height: try #require(Int(fields[2])),
        samples: try readFile(folder.file("\(fields[0]).rgb")))
    }
  }

  /// Reads the picture and records an issue where any sample is further off than `tolerance`.
  func check(tolerance: Int = 0, options: DecodingOptions = DecodingOptions()) {
    do {
      let picture = try Picture(path: path, options: options)
      #expect(
        picture.width == width && picture.height == height, "\(name): \(picture.width)x\(picture.height)")
      let difference = largestDifference(picture.pixels, samples)
      #expect(difference <= tolerance, "\(name): off by \(difference)")
    } catch {
      Issue.record("\(name): \(error)")
    }
  }
}

/// The largest absolute difference, or 256 where the counts differ.
func largestDifference(_ left: [UInt8], _ right: [UInt8]) -> Int {
  guard left.count == right.count else { return 256 }
  return zip(left, right).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

extension Picture {
  /// A picture of arbitrary samples.
  static func noise(width: Int, height: Int, seed: UInt64) throws -> Picture {
    var generator = SeededGenerator(seed: seed)
    let samples = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try Picture(width: width, height: height, pixels: samples)
  }

  /// Reads bytes.
  init(bytes: [UInt8], options: DecodingOptions = DecodingOptions()) throws {
    self = try bytes.withUnsafeBytes { try Picture(decoding: $0, options: options) }
  }
}
