import CKernels
import Glibc
import Graph

extension PlanBuilder {
  /// Changes of shape that keep the elements in order: no work at all.
  mutating func lowerView(_ node: Node) -> Bool {
    guard ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"].contains(node.operatorType),
      node.domain.isEmpty,
      let input = node.input(0), let output = node.output(0), let from = graph.floatShape(input),
      let to = graph.floatShape(output), from.reduce(1, *) == to.reduce(1, *), isInArena(input)
    else { return false }
    defineView(output, of: input)
    return true
  }

  /// The kernel's code and parameters for an operator on one operand.
  private func unaryOperation(_ node: Node) -> (code: ck_unary, alpha: Float, beta: Float)? {
    if let range = Pass.clampRange(node, graph) { return (CK_CLAMP, range.lower, range.upper) }
    switch node.operatorType {
    case "LeakyRelu": return (CK_LEAKY_RELU, node.float("alpha") ?? 0.01, 0)
    case "Elu": return (CK_ELU, node.float("alpha") ?? 1, 0)
    case "Sigmoid": return (CK_SIGMOID, 0, 0)
    case "HardSigmoid": return (CK_HARD_SIGMOID, node.float("alpha") ?? 0.2, node.float("beta") ?? 0.5)
    case "HardSwish": return (CK_HARD_SWISH, 0, 0)
    case "Tanh": return (CK_TANH, 0, 0)
    case "Exp": return (CK_EXP, 0, 0)
    case "Sqrt": return (CK_SQRT, 0, 0)
    case "Abs": return (CK_ABS, 0, 0)
    case "Neg": return (CK_NEGATE, 0, 0)
    case "Erf": return (CK_ERF, 0, 0)
    case "Gelu" where node.string("approximate") ?? "none" == "none": return (CK_GELU, 0, 0)
    default: return nil
    }
  }

  private static let piece = 16 << 10

  /// One operand, in the layout that it has; every operation above is finite at zero, which filled-up lanes hold.
  mutating func lowerUnary(_ node: Node) -> Bool {
    guard node.domain.isEmpty, let operation = unaryOperation(node), let input = node.input(0),
      let output = node.output(0),
      let shape = graph.floatShape(output), graph.floatShape(input) == shape, isInArena(input)
    else { return false }
    let inBlocks = isBlocked(input)
    guard let from = inBlocks ? blockedSlot(input) : plainSlot(input) else { return false }
    let to = define(output, inBlocks ? .blocked : .plain)
    let count = inBlocks ? blockedCount(shape) : shape.reduce(1, *)
    let run = kernels.ops.unary
    let piece = Self.piece
    let phase = Phase(tasks: (count + piece - 1) / piece) { memory, task, _ in
      let first = task * piece
      run(
        operation.code, operation.alpha, operation.beta, memory.floats(from) + first,
        memory.floats(to) + first,
        min(piece, count - first))
    }
    append(
      Step(
        origins: node.origins, operatorType: node.operatorType, kernel: "elementwise \(kernels.name)",
        phases: [phase],
        reads: [from], writes: [to], inPlace: from, extents: shape))
    return true
  }

  private static let binaryOperations: [String: ck_binary] = [
    "Add": CK_ADD, "Sub": CK_SUBTRACT, "Mul": CK_MULTIPLY, "Div": CK_DIVIDE,
  ]

  /// Two operands of the same extents, or one of them with a single element or one element a channel.
  mutating func lowerBinary(_ node: Node) -> Bool {
    guard node.domain.isEmpty, node.inputs.count == 2, let code = Self.binaryOperations[node.operatorType],
      let output = node.output(0), let shape = graph.floatShape(output), shape.reduce(1, *) > 0
    else { return false }
    let extents = node.inputs.map { graph.floatShape($0) ?? [] }
    guard node.inputs.allSatisfy({ graph.floatShape($0) != nil }) else { return false }
    let perChannel = { (extents: [Int]) in
      shape.count == 4
        && Array(Array(repeating: 1, count: max(0, 4 - extents.count)) + extents) == [1, shape[1], 1, 1]
    }
    let kinds = extents.map { $0 == shape ? CK_FULL : $0.reduce(1, *) == 1 ? CK_SCALAR : CK_VECTOR }
    guard kinds.contains(where: { $0 == CK_FULL }) else { return false }
    for (kind, extents) in zip(kinds, extents) where kind == CK_VECTOR && !perChannel(extents) {
      return false
    }
    let full = zip(node.inputs, kinds).filter { $0.1 == CK_FULL }.map(\.0)
    guard full.allSatisfy({ isInArena($0) || graph.constant($0) != nil }) else { return false }
    let hasVector = kinds.contains { $0 == CK_VECTOR }
    // Division by what fills up lanes gives no number.
    let mayBlock = code != CK_DIVIDE || (shape.count > 1 && shape[1] % width == 0)
    let inBlocks = shape.count == 4 && mayBlock && (hasVector || full.contains { isBlocked($0) })
    if hasVector, !inBlocks { return false }
    var slots: [Slot] = []
    for (name, kind) in zip(node.inputs, kinds) {
      let found: Slot?
      if kind == CK_FULL {
        found = inBlocks ? blockedSlot(name) : plainSlot(name)
      } else {
        // One element a channel: filled up like a map of one pixel.
        found = kind == CK_VECTOR ? channelSlot(name, channels: shape[1]) : plainSlot(name)
      }
      guard let found else { return false }
      slots.append(found)
    }
    let to = define(output, inBlocks ? .blocked : .plain)
    let run = kernels.ops.binary
    let (left, right) = (slots[0], slots[1])
    let (leftKind, rightKind) = (kinds[0], kinds[1])
    let phase: Phase
    if hasVector {
      let plane = shape[2] * shape[3] * width
      let lanes = width
      let blocks = planes(shape[1])
      phase = Phase(tasks: shape[0] * blocks) { memory, task, _ in
        func operand(_ slot: Slot, _ kind: ck_operand) -> UnsafeMutablePointer<Float> {
          memory.floats(slot)
            + (kind == CK_FULL ? task * plane : kind == CK_VECTOR ? task % blocks * lanes : 0)
        }
        run(
          code, leftKind, operand(left, leftKind), rightKind, operand(right, rightKind), -.infinity,
          .infinity,
          memory.floats(to) + task * plane, plane)
      }
    } else {
      let count = inBlocks ? blockedCount(shape) : shape.reduce(1, *)
      let piece = Self.piece
      phase = Phase(tasks: (count + piece - 1) / piece) { memory, task, _ in
        let first = task * piece
        run(
          code, leftKind, memory.floats(left) + (leftKind == CK_FULL ? first : 0), rightKind,
          memory.floats(right) + (rightKind == CK_FULL ? first : 0), -.infinity, .infinity,
          memory.floats(to) + first,
          min(piece, count - first))
      }
    }
    append(
      Step(
        origins: node.origins, operatorType: node.operatorType, kernel: "elementwise \(kernels.name)",
        phases: [phase],
        reads: slots, writes: [to], extents: shape))
    return true
  }

  /// A constant `[C]`, or `[1, C, 1, 1]`, filled up to whole blocks.
  private mutating func channelSlot(_ name: String, channels: Int) -> Slot? {
    guard let from = plainSlot(name) else { return nil }
    if channels % width == 0 { return from }
    let to = slot(floats: planes(channels) * width)
    let row = planes(channels) * width
    append(
      Step(
        origins: [name], operatorType: "layout", kernel: "fill up",
        phases: [
          Phase(tasks: 1) { memory, _, _ in
            memset(memory.floats(to), 0, row * 4)
            memcpy(memory.floats(to), memory.floats(from), channels * 4)
          }
        ], reads: [from], writes: [to]))
    return to
  }

  /// Joining along any axis, by copying.
  mutating func lowerConcat(_ node: Node) -> Bool {
    guard node.is("Concat"), let output = node.output(0), let shape = graph.floatShape(output),
      !shape.isEmpty,
      let axis = node.int("axis").map({ $0 < 0 ? $0 + shape.count : $0 }), axis >= 0, axis < shape.count
    else { return false }
    let extents = node.inputs.compactMap { graph.floatShape($0) }
    guard extents.count == node.inputs.count, extents.allSatisfy({ $0.count == shape.count }),
      node.inputs.allSatisfy({ isInArena($0) || graph.constant($0) != nil })
    else { return false }
    // Whole blocks of channels are copied as they are.
    let inBlocks =
      shape.count == 4 && axis == 1 && extents.allSatisfy { $0[1] % width == 0 }
      && node.inputs.contains { isBlocked($0) }
    var parts: [(slot: Slot, count: Int)] = []
    for (name, extent) in zip(node.inputs, extents) {
      guard let slot = inBlocks ? blockedSlot(name) : plainSlot(name) else { return false }
      parts.append((slot, extent[axis...].reduce(1, *)))
    }
    let outer = shape[..<axis].reduce(1, *)
    let row = parts.reduce(0) { $0 + $1.count }
    let to = define(output, inBlocks ? .blocked : .plain)
    let list = parts
    append(
      Step(
        origins: node.origins, operatorType: "Concat", kernel: "copy",
        phases: [
          Phase(tasks: outer) { memory, index, _ in
            var target = memory.floats(to) + index * row
            for part in list {
              memcpy(target, memory.floats(part.slot) + index * part.count, part.count * 4)
              target += part.count
            }
          }
        ], reads: parts.map(\.slot), writes: [to], extents: shape))
    return true
  }

  /// Softmax over the last axis.
  mutating func lowerSoftmax(_ node: Node) -> Bool {
    guard node.is("Softmax"), let input = node.input(0), let output = node.output(0),
      let shape = graph.floatShape(output), let last = shape.last, last > 0, last < 1 << 24, isInArena(input)
    else { return false }
    let axis = node.int("axis") ?? -1
    guard axis == -1 || axis == shape.count - 1, let from = plainSlot(input) else { return false }
    let to = define(output, .plain)
    let run = kernels.ops.softmax
    append(
      Step(
        origins: node.origins, operatorType: "Softmax", kernel: "softmax \(kernels.name)",
        phases: [
          Phase(tasks: shape.reduce(1, *) / last) { memory, row, _ in
            run(memory.floats(from) + row * last, memory.floats(to) + row * last, Int32(last))
          }
        ], reads: [from], writes: [to], extents: shape))
    return true
  }
}
