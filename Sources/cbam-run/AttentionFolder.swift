import Files
import Glibc
import Graph
import Vision

/// The folder that `--attention` names: a picture for each attention of each picture.
struct AttentionFolder {
  /// A picture that was drawn.
  struct Drawing: Encodable {
    let file: String
    let kind: String
    let node: String
    let min: Float
    let max: Float
  }

  let path: String
  /// What may be attention, by the value's name.
  let values: [String: AttentionValue]
  private var taken: Set<String> = []
  /// How many pictures were drawn.
  var count: Int { taken.count }

  /// Makes the folder where there is none.
  init(path: String, graph: Graph) throws {
    self.path = path
    values = Dictionary(graph.attentionValues().map { ($0.value, $0) }) { first, _ in first }
    if values.isEmpty {
      throw RunError("the model has no attention to draw: no sigmoid's output is multiplied with features")
    }
    if mkdir(path, 0o777) != 0, errno != EEXIST {
      throw FileError.system(operation: "make the folder", path: path, code: errno)
    }
  }

  /// Draws the maps of a batch over its pictures: spatial ones as colours over the picture, channel ones as bars.
  /// The drawings of each picture are returned in its place.
  mutating func draw(
    _ maps: [(AttentionValue, Tensor)], over batch: [(path: String, picture: Picture)], input: PictureInput
  ) throws -> [[Drawing]] {
    var drawings: [[Drawing]] = []
    for (row, (source, picture)) in batch.enumerated() {
      // Where the model sees only a part, the map belongs to that part.
      let seen =
        input.preprocessing.resize == .stretch
        ? picture : try input.preprocessing.fit(picture, to: nil)
      let large = seen.magnified(toAtLeast: 256)
      var drawn: [Drawing] = []
      for (value, tensor) in maps {
        guard let map = try AttentionMap(tensor, row: row) else { continue }
        let file = "\(path)/\(fileName(source, value.node))"
        switch map {
        case .channel(let weights):
          try BarChart(values: weights).drawn().writePNG(path: file)
          drawn.append(
            Drawing(
              file: file, kind: "channel", node: value.node, min: weights.min() ?? 0, max: weights.max() ?? 0)
          )
        case .spatial(let heat):
          try heat.overlaid(on: large).writePNG(path: file)
          drawn.append(
            Drawing(
              file: file, kind: "spatial", node: value.node, min: heat.range.lowerBound,
              max: heat.range.upperBound))
        }
      }
      if drawn.isEmpty { throw RunError("the model has no attention to draw: gates of other shapes only") }
      drawings.append(drawn)
    }
    return drawings
  }

  /// `picture.node.png` in letters that every file system takes, numbered where it is taken.
  private mutating func fileName(_ source: String, _ node: String) -> String {
    let name = source.split(separator: "/").last.map(String.init) ?? source
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    // Names from PyTorch begin with a slash.
    let plain = "\(stem).\(node.drop { "/_".contains($0) })".map { character in
      character.isLetter || character.isNumber || "._-".contains(character) ? character : "_"
    }
    var base = String(plain.prefix(120))
    // A hidden file would look like none.
    if base.hasPrefix(".") { base = "_" + base }
    var candidate = base
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(base)-\(number)"
      number += 1
    }
    return candidate + ".png"
  }
}
