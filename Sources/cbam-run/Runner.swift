import CommandSupport
import Files
import Graph
import Interpreter
import OrderedCollections
import Vision

/// Feeds a model what the command line names and shows what comes out.
struct Runner {
  let command: RunCommand
  private(set) var loaded: LoadedModel
  let tuning: TuningFile?
  let diagnostics: Diagnostics
  let results: ResultStream

  mutating func run() throws {
    if !command.pictures.isEmpty {
      try runPictures()
    } else if let path = command.tensors.inputs {
      let inputs = try InputFile(path: path, diagnostics: diagnostics).values(for: loaded.graph)
      try runTensors(inputs, source: path)
    } else {
      let size = try command.picture.size ?? Preprocessing(metadata: loaded.session.model.metadata).size
      let random = RandomInputs(
        batch: command.measuring.batch, size: size.map { (height: $0.height, width: $0.width) })
      try runTensors(try naming(loaded.path) { try random.values(for: loaded.graph) }, source: nil)
    }
  }

  /// Runs once on tensors; `source` names where they are from, `nil` where they are made up.
  private mutating func runTensors(_ inputs: OrderedDictionary<String, RuntimeValue>, source: String?) throws
  {
    try tune(inputs)
    let files = try OutputFiles(command.tensors, graph: loaded.graph)
    if try measure(inputs), source == nil {
      // What made-up inputs give is nothing to show, but may be wanted in files.
      if files.isEmpty { return }
    }
    let outputs = try run(inputs, into: files, attention: nil).outputs
    try files.finish(diagnostics)
    if source != nil, !command.measuring.isWanted {
      try Report(runner: self).show(outputs, source: source, rows: nil)
    }
  }

  // MARK: Pictures

  private mutating func runPictures() throws {
    let input = try naming(loaded.path) {
      try PictureInput(model: loaded.session.model, adjust: command.picture.adjust)
    }
    if !input.isDescribed, !command.picture.saysHowValuesBecomeInput {
      diagnostics.note(
        "\(loaded.path) doesn't say how pictures become its input: values are scaled by "
          + "\(input.preprocessing.scale) only; --mean, --std and --scale say otherwise")
    }
    let batch = try batchSize(of: input)
    let files = try OutputFiles(command.tensors, graph: loaded.graph)
    var attention = try command.show.attention.map { try AttentionFolder(path: $0, graph: loaded.graph) }
    let report = Report(runner: self)
    var failures = 0
    var pending: [(path: String, picture: Picture)] = []
    func flush() throws {
      guard !pending.isEmpty else { return }
      try runBatch(pending, input: input, files: files, attention: &attention, report: report)
      pending = []
    }
    for path in command.pictures {
      do {
        pending.append(
          (
            path,
            try Picture(path: path, options: DecodingOptions(background: command.picture.background))
          ))
      } catch  where files.isEmpty && !command.measuring.isWanted {
        // The others are still worth showing; files would be short of one without saying so.
        diagnostics.report(error)
        failures += 1
        continue
      }
      if pending.count == batch { try flush() }
    }
    try flush()
    try files.finish(diagnostics)
    if let attention {
      diagnostics.note("\(attention.path): \(attention.count) pictures of attention")
    }
    if failures > 0 { throw Unsuccessful() }
  }

  /// How many pictures run at once: all of them where they are one measurement or one dump.
  private func batchSize(of input: PictureInput) throws -> Int {
    let count = command.pictures.count
    let isOne = command.measuring.isWanted || command.tensors.dumpTensors != nil
    if let fixed = input.batch {
      if let asked = command.measuring.batch, asked != fixed {
        throw RunError("\(loaded.path): the model's batch is fixed to \(fixed), not \(asked)")
      }
      if isOne, count > fixed {
        throw RunError("\(loaded.path): the model takes \(fixed) at once; give no more pictures than that")
      }
      return max(1, fixed)
    }
    return isOne ? count : command.measuring.batch ?? 1
  }

  private mutating func runBatch(
    _ batch: [(path: String, picture: Picture)], input: PictureInput, files: OutputFiles,
    attention: inout AttentionFolder?, report: Report
  ) throws {
    let source = batch.map(\.path).joined(separator: ", ")
    var pictures = batch.map(\.picture)
    // A fixed batch is filled up with copies, whose results are left out.
    if let fixed = input.batch, let last = pictures.last {
      pictures += Array(repeating: last, count: max(0, fixed - pictures.count))
    }
    let tensor = try naming(source) { try input.tensor(from: pictures) }
    let inputs: OrderedDictionary<String, RuntimeValue> = [input.name: .tensor(tensor)]
    try tune(inputs)
    if try measure(inputs) { return }
    let (outputs, maps) = try run(
      inputs, into: files, attention: attention, wanted: pictures.count > batch.count ? batch.count : nil)
    let drawn = try attention?.draw(maps, over: batch, input: input)
    try report.show(outputs, source: source, rows: batch.map(\.path), attention: drawn ?? [])
  }

  // MARK: Running

  /// Measures algorithms for inputs like these, where that is wanted and they are not known yet.
  private mutating func tune(_ inputs: OrderedDictionary<String, RuntimeValue>) throws {
    guard let tuning else { return }
    try naming(loaded.path) {
      guard try loaded.session.needsTuning(for: inputs) else { return }
      let progress = Progress()
      let found = try loaded.session.tuned(for: inputs) {
        progress.show(Int($0 * 100), of: 100, "% measured")
      }
      progress.clear()
      loaded.session = loaded.session.using(try tuning.add(found))
      diagnostics.note("\(tuning.path): \(found.count) convolutions measured")
    }
  }

  /// Runs once; outputs, and where it is wanted all values, go to the files. With them come the values that
  /// `attention` asks for. Of outputs with a sample for each input's the first `wanted` are kept.
  private func run(
    _ inputs: OrderedDictionary<String, RuntimeValue>, into files: OutputFiles, attention: AttentionFolder?,
    wanted: Int? = nil
  ) throws -> (outputs: OrderedDictionary<String, RuntimeValue>, maps: [(AttentionValue, Tensor)]) {
    for (name, value) in inputs { try files.dump(name, value) }
    var maps: [(AttentionValue, Tensor)] = []
    var outputs = try naming(loaded.path) { try loaded.session.run(inputs) }
    if files.dumps || attention != nil {
      // What a plan fuses has no values in between: those are computed node by node. Outputs stay the plan's, so
      // that they don't depend on what else was asked for.
      _ = try naming(loaded.path) {
        try loaded.session.run(inputs) { _, name, value in
          let value = outputs[name] ?? value
          try files.dump(name, value)
          if let entry = attention?.values[name], let tensor = value.tensor { maps.append((entry, tensor)) }
        }
      }
    }
    if let wanted, let samples = inputs.values.first?.tensor?.shape.first {
      outputs = try outputs.mapValues { value in
        guard let tensor = value.tensor, tensor.shape.first == samples else { return value }
        return .tensor(try tensor.firstSamples(wanted))
      }
    }
    for (name, value) in outputs { try files.add(name, value) }
    return (outputs, maps)
  }

  /// Measures what was asked for and shows it; whether anything was.
  private func measure(_ inputs: OrderedDictionary<String, RuntimeValue>) throws -> Bool {
    let report = MeasuringReport(runner: self, inputs: inputs)
    return try naming(loaded.path) {
      if command.measuring.explain { try report.explain() }
      if command.measuring.benchmark { try report.benchmark() }
      if command.measuring.perNode { try report.perNode() }
      if let path = command.measuring.profile { try report.profile(path: path) }
      return command.measuring.isWanted
    }
  }
}
