import CommandSupport
import Graph
import Interpreter
import OrderedCollections
import Vision

/// Shows what came out of a run: the most probable classes, or what the outputs are.
final class Report {
  private let runner: Runner
  private var blocks = 0

  init(runner: Runner) { self.runner = runner }

  private var options: ShowOptions { runner.command.show }
  private var results: ResultStream { runner.results }
  private static let defaultTop = 5

  /// - Parameters:
  ///   - source: where the inputs came from.
  ///   - rows: the picture of each sample, or `nil` where the inputs were tensors.
  ///   - attention: what was drawn for each picture.
  func show(
    _ outputs: OrderedDictionary<String, RuntimeValue>, source: String?, rows: [String]?,
    attention: [[AttentionFolder.Drawing]] = []
  ) throws {
    if let classes = try classifications(outputs, isPicture: rows != nil), rows?.count ?? 0 <= classes.count {
      let names = rows ?? classes.indices.map { "\(source ?? "")[\($0)]" }
      for (index, name) in names.enumerated() {
        let top = Array(classes[index].predictions.prefix(options.top ?? Self.defaultTop))
        let drawn = index < attention.count ? attention[index] : []
        if options.json {
          try results.json(
            PictureResult(
              model: runner.loaded.path, picture: rows == nil ? nil : name,
              inputs: rows == nil ? source : nil, row: rows == nil ? index : nil,
              predictions: top.map(PictureResult.Prediction.init), attention: drawn.isEmpty ? nil : drawn))
        } else {
          try block(title: name, top)
        }
      }
    } else {
      try summary(outputs, source: source ?? "", attention: attention.flatMap { $0 })
    }
  }

  /// The classes that the first output tells of each sample. Of tensors only a model with labels is taken for a
  /// classifier.
  private func classifications(
    _ outputs: OrderedDictionary<String, RuntimeValue>, isPicture: Bool
  ) throws -> [Classification]? {
    guard isPicture || runner.loaded.labels != nil, let (name, value) = outputs.elements.first,
      let tensor = value.tensor
    else { return nil }
    return try naming(runner.loaded.path) {
      try Classification.rows(
        of: tensor, kind: runner.loaded.graph.scores(of: name), labels: runner.loaded.labels)
    }
  }

  // MARK: For people

  private func block(title: String, _ predictions: [Classification.Prediction]) throws {
    if blocks > 0 { try results.line("") }
    blocks += 1
    let title = Diagnostics.printable(title)
    try results.line(results.isColored ? "\u{1B}[1m\(title)\u{1B}[0m" : title)
    let labels = predictions.map { Diagnostics.printable($0.label) }
    let width = labels.map(\.count).max() ?? 0
    let barWidth = min(40, results.columns - width - 18)
    for (prediction, label) in zip(predictions, labels) {
      let share = Text.fixed(prediction.probability * 100, digits: 1)
      var line =
        "\(Text.right("\(prediction.rank)", 4))  \(Text.left(label, width))  \(Text.right(share, 5)) %"
      if results.isTerminal {
        let bar = Text.bar(prediction.probability, width: barWidth)
        line += results.isColored ? "  \u{1B}[36m\(bar)\u{1B}[0m" : "  \(bar)"
      }
      try results.line(line)
    }
  }

  private func summary(
    _ outputs: OrderedDictionary<String, RuntimeValue>, source: String, attention: [AttentionFolder.Drawing]
  ) throws {
    let summaries = try outputs.map { try OutputSummary(name: $0.key, value: $0.value) }
    if options.json {
      try results.json(
        SummaryResult(
          model: runner.loaded.path, source: source, outputs: summaries,
          attention: attention.isEmpty ? nil : attention))
      return
    }
    try results.line(Diagnostics.printable(source))
    let width = summaries.map { $0.name.count }.max() ?? 0
    let typeWidth = summaries.map { $0.type.count }.max() ?? 0
    for summary in summaries {
      try results.line(
        "  \(Text.left(Diagnostics.printable(summary.name), width))  \(Text.left(summary.type, typeWidth))"
          + summary.numbers)
    }
  }
}

/// One sample's line of `--json`.
private struct PictureResult: Encodable {
  struct Prediction: Encodable {
    let rank: Int
    let index: Int
    let label: String
    let score: Double
    let probability: Double

    init(_ prediction: Classification.Prediction) {
      rank = prediction.rank
      index = prediction.index
      label = prediction.label
      score = prediction.score
      probability = prediction.probability
    }
  }

  let model: String
  let picture: String?
  let inputs: String?
  let row: Int?
  let predictions: [Prediction]
  let attention: [AttentionFolder.Drawing]?
}

/// The line of `--json` for a model that is no classifier.
private struct SummaryResult: Encodable {
  let model: String
  let source: String
  let outputs: [OutputSummary]
  let attention: [AttentionFolder.Drawing]?
}

/// What an output is, without its elements.
private struct OutputSummary: Encodable {
  let name: String
  /// Such as `float [1, 10]`.
  let type: String
  let min: Double?
  let max: Double?
  let mean: Double?

  init(name: String, value: RuntimeValue) throws {
    self.name = name
    type = value.type.description
    guard let tensor = value.tensor, tensor.count > 0, let numbers = try? tensor.doubles() else {
      (min, max, mean) = (nil, nil, nil)
      return
    }
    min = numbers.min()
    max = numbers.max()
    mean = numbers.reduce(0, +) / Double(numbers.count)
  }

  var numbers: String {
    guard let min, let max, let mean else { return "" }
    return "  from \(Float(min)) to \(Float(max)), mean \(Float(mean))"
  }
}
