import Graph
import Numerics
import OrderedCollections

extension ReferenceFamily {
  /// Networks that carry a state along a sequence.
  static let recurrent = ReferenceFamily(
    "Recurrent",
    [
      ReferenceOperator("RNN") { call in
        try RecurrentLayer(call, gates: 1, functions: ["Tanh"]).run(&call) { step, state in
          state.hidden = step.activated(0, 0)
        }
      },
      ReferenceOperator("GRU") { call in
        let isLinearFirst = call.node.int("linear_before_reset") ?? 0 != 0
        try RecurrentLayer(call, gates: 3, functions: ["Sigmoid", "Tanh"]).run(&call) { step, state in
          let (update, reset) = (step.activated(0, 0), step.activated(1, 0))
          let old = state.hidden
          let candidate: [Double]
          if isLinearFirst {
            let (fresh, carried) = (step.fresh(2), step.carried(2, from: old))
            candidate = step.activate(fresh.indices.map { fresh[$0] + reset[$0] * carried[$0] }, 1)
          } else {
            let (fresh, carried) = (step.fresh(2), step.carried(2, from: zip(reset, old).map(*)))
            candidate = step.activate(zip(fresh, carried).map(+), 1)
          }
          state.hidden = old.indices.map { (1 - update[$0]) * candidate[$0] + update[$0] * old[$0] }
        }
      },
      ReferenceOperator("LSTM") { call in
        let isCoupled = call.node.int("input_forget") ?? 0 != 0
        try RecurrentLayer(call, gates: 4, functions: ["Sigmoid", "Tanh", "Tanh"]).run(&call) { step, state in
          let old = state.cell
          let input = step.activated(0, 0, peeping: 0, at: old)
          let forget = isCoupled ? input.map { 1 - $0 } : step.activated(2, 0, peeping: 2, at: old)
          let candidate = step.activated(3, 1)
          state.cell = old.indices.map { forget[$0] * old[$0] + input[$0] * candidate[$0] }
          let output = step.activated(1, 0, peeping: 1, at: state.cell)
          state.hidden = zip(output, step.activate(state.cell, 2)).map(*)
        }
      },
    ])
}

/// What the three recurrent operators share: X `[steps, batch, input]`, W `[directions, gates · hidden, input]`,
/// R `[directions, gates · hidden, hidden]`, B `[directions, 2 · gates · hidden]`; with `layout` 1 the batch comes
/// first in X, the states and the results (ONNX RNN-22, GRU-22, LSTM-22).
struct RecurrentLayer {
  private let (steps, batch, inputSize, hidden): (Int, Int, Int, Int)
  private let gates: Int
  private let directions: [Bool]
  private let isBatchFirst: Bool
  private let lengths: [Int]
  private let (x, w, r): ([Double], [Double], [Double])
  private let bias: [Double]?
  private let peepholes: [Double]?
  private let functions: [RecurrentActivation]
  private let clip: Double
  private let type: ElementType

  /// The state that one sequence carries.
  struct State {
    var hidden: [Double]
    var cell: [Double]
  }

  init(_ call: ReferenceCall, gates: Int, functions defaults: [String]) throws {
    let (input, weights, recurrence) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    guard input.rank == 3, weights.rank == 3, recurrence.rank == 3 else {
      throw call.failure(
        "X, W and R need three axes, found \(input.shape), \(weights.shape), \(recurrence.shape)")
    }
    self.gates = gates
    isBatchFirst = call.node.int("layout") ?? 0 != 0
    (steps, batch) = isBatchFirst ? (input.shape[1], input.shape[0]) : (input.shape[0], input.shape[1])
    (inputSize, hidden) = (input.shape[2], recurrence.shape[2])
    switch call.node.string("direction") ?? "forward" {
    case "forward": directions = [false]
    case "reverse": directions = [true]
    case "bidirectional": directions = [false, true]
    case let other:
      throw call.failure("direction is '\(other)', needs 'forward', 'reverse' or 'bidirectional'")
    }
    let count = directions.count
    guard weights.shape == [count, gates * hidden, inputSize],
      recurrence.shape == [count, gates * hidden, hidden]
    else {
      throw call.failure(
        "W \(weights.shape) and R \(recurrence.shape) don't fit \(count) directions of \(gates) gates over "
          + "\(input.shape)")
    }
    (x, w, r) = (try input.doubles(), try weights.doubles(), try recurrence.doubles())
    func parameters(_ index: Int, _ perDirection: Int) throws -> [Double]? {
      guard let tensor = try call.optionalTensor(index) else { return nil }
      guard tensor.shape == [count, perDirection] else {
        throw call.failure("input \(index) is \(tensor.shape), needs [\(count), \(perDirection)]")
      }
      return try tensor.doubles()
    }
    bias = try parameters(3, 2 * gates * hidden)
    peepholes = gates == 4 ? try parameters(7, 3 * hidden) : nil
    let (steps, batch) = (steps, batch)
    lengths = try call.optionalInts(4) ?? Array(repeating: steps, count: batch)
    guard lengths.count == batch, lengths.allSatisfy({ $0 >= 0 && $0 <= steps }) else {
      throw call.failure("sequence_lens \(lengths) don't fit \(batch) sequences of up to \(steps) steps")
    }
    functions = try RecurrentActivation.all(call, defaults: defaults, directions: count)
    clip = call.node.float("clip").map { Double($0) } ?? .infinity
    type = input.elementType
  }

  /// Runs every sequence in every direction, one `cell` a step, and sets the outputs.
  func run(_ call: inout ReferenceCall, cell: (Step, inout State) -> Void) throws {
    let stateShape = isBatchFirst ? [batch, directions.count, hidden] : [directions.count, batch, hidden]
    func initial(_ index: Int) throws -> [Double] {
      guard let tensor = try call.optionalTensor(index) else {
        return Array(repeating: 0, count: stateShape.reduce(1, *))
      }
      guard tensor.shape == stateShape else {
        throw call.failure("input \(index) is \(tensor.shape), needs \(stateShape)")
      }
      return try tensor.doubles()
    }
    var (finalHidden, finalCell) = (try initial(5), gates == 4 ? try initial(6) : [])
    let shape =
      isBatchFirst
      ? [batch, steps, directions.count, hidden] : [steps, directions.count, batch, hidden]
    var result = Array(repeating: 0.0, count: try call.checkedCount(of: shape))
    for (direction, isReverse) in directions.enumerated() {
      for sequence in 0..<batch {
        let place =
          (isBatchFirst ? sequence * directions.count + direction : direction * batch + sequence) * hidden
        var state = State(
          hidden: Array(finalHidden[place..<(place + hidden)]),
          cell: gates == 4 ? Array(finalCell[place..<(place + hidden)]) : [])
        for position in 0..<lengths[sequence] {
          let time = isReverse ? lengths[sequence] - 1 - position : position
          let source = (isBatchFirst ? sequence * steps + time : time * batch + sequence) * inputSize
          cell(Step(layer: self, direction: direction, source: source, previous: state.hidden), &state)
          let target =
            isBatchFirst
            ? (sequence * steps + time) * directions.count + direction
            : (time * directions.count + direction) * batch + sequence
          result.replaceSubrange((target * hidden)..<((target + 1) * hidden), with: state.hidden)
        }
        finalHidden.replaceSubrange(place..<(place + hidden), with: state.hidden)
        if gates == 4 { finalCell.replaceSubrange(place..<(place + hidden), with: state.cell) }
      }
    }
    call.set(0, try Tensor(doubles: result, as: type, shape: shape))
    call.set(1, try Tensor(doubles: finalHidden, as: type, shape: stateShape))
    if gates == 4 { call.set(2, try Tensor(doubles: finalCell, as: type, shape: stateShape)) }
  }

  /// One step of one sequence.
  struct Step {
    fileprivate let layer: RecurrentLayer
    fileprivate let direction: Int
    fileprivate let source: Int
    fileprivate let previous: [Double]

    /// What the input contributes to a gate: `x · Wᵀ + Wb`.
    func fresh(_ gate: Int) -> [Double] {
      (0..<layer.hidden).map { unit in
        let row = (direction * layer.gates + gate) * layer.hidden + unit
        var sum = layer.bias?[(direction * 2 * layer.gates + gate) * layer.hidden + unit] ?? 0
        for index in 0..<layer.inputSize {
          sum += layer.x[source + index] * layer.w[row * layer.inputSize + index]
        }
        return sum
      }
    }

    /// What a state contributes to a gate: `h · Rᵀ + Rb`.
    func carried(_ gate: Int, from state: [Double]) -> [Double] {
      (0..<layer.hidden).map { unit in
        let row = (direction * layer.gates + gate) * layer.hidden + unit
        var sum =
          layer.bias?[((direction * 2 + 1) * layer.gates + gate) * layer.hidden + unit] ?? 0
        for index in 0..<layer.hidden { sum += state[index] * layer.r[row * layer.hidden + index] }
        return sum
      }
    }

    /// A gate's value, where `cell` is peeped at through its own weights.
    func activated(_ gate: Int, _ function: Int, peeping: Int? = nil, at cell: [Double] = []) -> [Double] {
      var sums = zip(fresh(gate), carried(gate, from: previous)).map(+)
      if let peeping, let peepholes = layer.peepholes {
        let start = (direction * 3 + peeping) * layer.hidden
        for unit in sums.indices { sums[unit] += peepholes[start + unit] * cell[unit] }
      }
      return activate(sums, function)
    }

    /// An activation function of the direction's, after clipping.
    func activate(_ values: [Double], _ function: Int) -> [Double] {
      let activation = layer.functions[
        direction * (layer.functions.count / layer.directions.count) + function]
      return values.map { activation($0.clamped(to: -layer.clip...layer.clip)) }
    }
  }
}

/// The activation functions that recurrent operators name.
struct RecurrentActivation {
  private let name: String
  private let alpha: Double
  private let beta: Double

  /// Default `alpha` and `beta`, those of the operators of the same name; `nil` where the function has none.
  private static let parameters: [String: (alpha: Float?, beta: Float?)] = [
    "relu": (nil, nil), "tanh": (nil, nil), "sigmoid": (nil, nil), "softsign": (nil, nil),
    "softplus": (nil, nil), "affine": (1, 0), "leakyrelu": (0.01, nil), "thresholdedrelu": (1, nil),
    "scaledtanh": (1, 1), "hardsigmoid": (0.2, 0.5), "elu": (1, nil),
  ]

  /// The functions of all directions; `activation_alpha` and `activation_beta` go, in order, to those that have them.
  static func all(_ call: ReferenceCall, defaults: [String], directions: Int) throws -> [RecurrentActivation]
  {
    let wanted = defaults.count * directions
    var names = call.node.strings("activations") ?? []
    // The standard's own default lists two for RNN, whatever the direction.
    if names.isEmpty || call.node.attributes["activations"] == nil {
      names = Array(repeating: defaults, count: directions).flatMap { $0 }
    }
    guard names.count >= wanted else {
      throw call.failure("\(names.count) activations, needs \(wanted)")
    }
    var alphas = (call.node.floats("activation_alpha") ?? [])[...]
    var betas = (call.node.floats("activation_beta") ?? [])[...]
    return try names.prefix(wanted).map { name in
      guard let own = parameters[name.lowercased()] else {
        throw call.failure("the activation '\(name)' is not known")
      }
      let alpha = own.alpha.map { alphas.popFirst() ?? $0 } ?? 0
      let beta = own.beta.map { betas.popFirst() ?? $0 } ?? 0
      return RecurrentActivation(name: name.lowercased(), alpha: Double(alpha), beta: Double(beta))
    }
  }

  func callAsFunction(_ x: Double) -> Double {
    switch name {
    case "relu": x < 0 ? 0 : x
    case "tanh": .tanh(x)
    case "sigmoid": ReferenceFamily.sigmoid(x)
    case "softsign": x / (1 + x.magnitude)
    case "softplus": ReferenceFamily.softplus(x)
    case "affine": alpha * x + beta
    case "leakyrelu": x < 0 ? alpha * x : x
    case "thresholdedrelu": x >= alpha ? x : 0
    case "scaledtanh": alpha * .tanh(beta * x)
    case "hardsigmoid": (alpha * x + beta).clamped(to: 0...1)
    default: x < 0 ? alpha * .expMinusOne(x) : x
    }
  }
}
