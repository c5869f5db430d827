import CommandSupport
import Graph
import Interpreter
import OrderedCollections

/// Everything that one needs to see at the place where two runtimes part: what goes in, the element that differs, what
/// it depends on, and the terms of its sum, of both.
struct Neighbourhood: Encodable {
  struct Range: Encodable {
    let shape: [Int]
    let min: Double?
    let max: Double?
  }
  struct Input: Encodable {
    let name: String
    let ours: Range?
    let theirs: Range?
  }
  struct Term: Encodable {
    let label: String
    let ours: Double?
    let theirs: Double?
  }
  let node: String
  let output: String
  let inputs: [Input]
  /// Whose element rounding does not explain.
  let wrong: String
  let element: [Int]
  /// What the one that is wrong computed there, what exact arithmetic makes of its inputs, and how much rounding
  /// explains.
  let computed: Double
  let exact: Double
  let bound: Double
  /// What the other one computed there.
  let other: Double?
  let field: String?
  let terms: [Term]
  /// The one term without which the sum is what was computed.
  let lost: Term?

  /// How many terms are shown.
  private static let mostTerms = 8

  /// `nil` where nothing of the value can be pointed at.
  ///
  /// - Throws: what the definitions of the nodes before it throw.
  init?(
    of value: RuntimeComparison.Value, theirs: [String: Tensor],
    inputs: OrderedDictionary<String, RuntimeValue>, verifier: Verifier
  ) throws {
    let isTheirs = value.theirs.maxRatio > 1
    guard let node = value.nodes.last, let worst = (isTheirs ? value.theirs : value.ours).worst,
      let shape = theirs[value.name]?.shape
    else { return nil }
    let traced = try verifier.values(inputs)
    var dumped = theirs.mapValues(RuntimeValue.tensor)
    for (name, value) in inputs where dumped[name] == nil { dumped[name] = value }
    let (mine, other) = (traced, dumped)
    func tensors(_ isTheirs: Bool) throws -> [Tensor?] {
      try node.inputs.map { $0.isEmpty ? nil : try verifier.tensor($0, of: isTheirs ? other : mine) }
    }
    let operands = (ours: try tensors(false), theirs: try tensors(true))
    self.node = node.label
    output = value.name
    self.inputs = node.inputs.indices.filter {
      verifier.isComputed(node.inputs[$0]) && !node.inputs[$0].isEmpty
    }
    .map { .init(name: node.inputs[$0], ours: .init(operands.ours[$0]), theirs: .init(operands.theirs[$0])) }
    wrong = isTheirs ? "theirs" : "ours"
    element = Number.coordinates(worst.index, in: shape)
    (computed, exact, bound) = (worst.found, worst.exact, worst.bound)
    let beside = isTheirs ? try verifier.tensor(value.name, of: mine) : theirs[value.name]
    self.other = beside?.shape == shape ? try beside?.doubles()[worst.index] : nil
    let one = try ElementTerms(node, inputs: isTheirs ? operands.theirs : operands.ours, position: element)
    let two = try ElementTerms(node, inputs: isTheirs ? operands.ours : operands.theirs, position: element)
    field = one?.field
    var known: [String: Double] = [:]
    for term in two?.terms ?? [] { known[term.label] = term.value }
    let all = (one?.terms ?? []).map {
      Term(
        label: $0.label, ours: isTheirs ? known[$0.label] : $0.value,
        theirs: isTheirs ? $0.value : known[$0.label])
    }
    terms = all
    // A sum that is short of exactly one of its terms.
    let missing = worst.exact - worst.found
    func distance(_ term: Term) -> Double {
      ((isTheirs ? term.theirs : term.ours).map { $0 - missing } ?? .infinity).magnitude
    }
    lost = all.min { distance($0) < distance($1) }.flatMap {
      all.count > 1 && distance($0) <= worst.bound && missing.magnitude > worst.bound ? $0 : nil
    }
  }

  /// For people.
  var lines: [String] {
    let isTheirs = wrong == "theirs"
    var lines = [
      "", "both part at \(Diagnostics.printable(node)), which writes '\(Diagnostics.printable(output))'",
    ]
    for input in inputs {
      lines.append(
        "  input '\(Diagnostics.printable(input.name))': ours \(Self.text(input.ours)), theirs \(Self.text(input.theirs))"
      )
    }
    let place = element.isEmpty ? "" : " [\(element.map(String.init).joined(separator: ", "))]"
    lines += [
      "  element\(place) of \(wrong):", "    computed \(computed)",
      "    exactly  \(exact) from \(isTheirs ? "their" : "our") inputs",
      "    differs by \(Number.short((computed - exact).magnitude)); rounding explains \(Number.short(bound))",
    ]
    if let other { lines.append("  \(isTheirs ? "ours" : "theirs") is \(other) there") }
    guard let field else { return lines }
    lines.append(
      "  it sees \(field) of '\(Diagnostics.printable(inputs.first?.name ?? ""))'; its \(terms.count) terms, the largest first:"
    )
    func row(_ theirs: Double?, _ ours: Double?, _ label: String) -> String {
      let columns = [theirs, ours].map { Text.right($0.map(Number.short) ?? "-", 10) }
      return "  \(columns.joined(separator: "  "))  \(label)"
    }
    lines.append("  \(Text.right("theirs", 10))  \(Text.right("ours", 10))")
    lines += terms.prefix(Self.mostTerms).map { row($0.theirs, $0.ours, Diagnostics.printable($0.label)) }
    let rest = terms.dropFirst(Self.mostTerms)
    if !rest.isEmpty {
      func sum(_ path: KeyPath<Term, Double?>) -> Double { rest.reduce(0) { $0 + ($1[keyPath: path] ?? 0) } }
      lines.append(row(sum(\.theirs), sum(\.ours), "the \(rest.count) others together"))
    }
    if let lost, let value = isTheirs ? lost.theirs : lost.ours {
      lines.append(
        "  without \(Diagnostics.printable(lost.label)) = \(Number.short(value)) the sum is what was computed"
      )
    }
    return lines
  }

  private static func text(_ range: Range?) -> String {
    guard let range else { return "absent" }
    guard let low = range.min, let high = range.max else { return "\(range.shape)" }
    return "\(range.shape) from \(Number.short(low)) to \(Number.short(high))"
  }
}

extension Neighbourhood.Range {
  fileprivate init?(_ tensor: Tensor?) {
    guard let tensor else { return nil }
    let values = try? tensor.doubles()
    self.init(shape: tensor.shape, min: values?.min(), max: values?.max())
  }
}
