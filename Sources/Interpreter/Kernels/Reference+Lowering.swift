import Graph
import OrderedCollections
import Glibc

extension PlanBuilder {
  /// Any node, by its plain definition: values are made tensors for it, and its float32 results of known shape are
  /// copied back.
  mutating func lowerReference(_ node: Node, position: Int, seed: UInt64) throws {
    var names = node.inputs.filter { !$0.isEmpty }
    for attribute in node.attributes.values {
      for subgraph in attribute.subgraphs { names += subgraph.outerReads.sorted() }
    }
    var sources: [String: Source] = [:]
    var reads: [Slot] = []
    for name in Set(names).sorted() {
      if let constant = graph.constant(name) {
        sources[name] = .constant(constant)
      } else if isInArena(name), let shape = graph.floatShape(name), let slot = plainSlot(name) {
        sources[name] = .arena(slot, shape)
        reads.append(slot)
      } else if let box = boxes[name] {
        sources[name] = .box(box)
      }
      // Otherwise a name inside a subgraph that an outer graph doesn't have either: the run reports it.
    }
    var writes: [Slot] = []
    var targets: [Target?] = []
    var written: [Int] = []
    for name in node.outputs {
      if name.isEmpty {
        targets.append(nil)
      } else if let shape = graph.floatShape(name), !shape.contains(0) {
        let slot = define(name, .plain)
        writes.append(slot)
        targets.append(.arena(slot, shape))
      } else {
        written.append(defineBox(name))
        targets.append(.box(defineBox(name)))
      }
    }
    let (list, results) = (sources, targets)
    // A fused node's own name would not be known to the definitions.
    let original = node
    append(
      Step(
        origins: node.origins, operatorType: node.operatorType, kernel: "reference",
        phases: [
          Phase(tasks: 1) { memory, _, _ in
            guard memory.failure == nil else { return }
            do {
              var values: [String: RuntimeValue] = [:]
              for (name, source) in list { values[name] = try source.value(memory) }
              let scope = Scope(values: values, parent: nil)
              let inputs = original.inputs.map { $0.isEmpty ? nil : values[$0] }
              let outputs = try ReferenceScope(seed: seed, usesKernels: true).evaluate(
                original, inputs, scope, position: position)
              for (target, output) in zip(results, outputs) {
                guard let target else { continue }
                try target.set(output, memory, original)
              }
            } catch {
              memory.failure = error
            }
          }
        ], reads: reads, writes: writes, boxes: written))
  }

  /// Where a definition's operand comes from.
  private enum Source: Sendable {
    case constant(Tensor)
    case arena(Slot, [Int])
    case box(Int)

    func value(_ memory: PlanMemory) throws -> RuntimeValue? {
      switch self {
      case .constant(let tensor): return .tensor(tensor)
      case .box(let box): return memory.boxes[box]
      case .arena(let slot, let shape): return .tensor(try memory.tensor(slot, shape))
      }
    }
  }

  /// Where its result goes.
  private enum Target: Sendable {
    case arena(Slot, [Int])
    case box(Int)

    func set(_ value: RuntimeValue?, _ memory: PlanMemory, _ node: Node) throws {
      switch self {
      case .box(let box): memory.boxes[box] = value
      case .arena(let slot, let shape):
        guard case .tensor(let tensor)? = value, tensor.elementType == .float32, tensor.shape == shape else {
          throw InterpreterError.node(
            node.label, reason: "computed \(value?.type.description ?? "nothing") where \(shape) was inferred"
          )
        }
        memory.set(slot, tensor)
      }
    }
  }
}

extension PlanMemory {
  /// A copy of a slot's floats.
  func tensor(_ slot: Slot, _ shape: [Int]) throws -> Tensor {
    var tensor = try Tensor(uninitialized: .float32, shape: shape)
    copy(slot, into: &tensor)
    return tensor
  }

  /// Copies a slot's floats over a tensor's.
  func copy(_ slot: Slot, into tensor: inout Tensor) {
    tensor.withMutableBytes { target in
      if let base = target.baseAddress { memcpy(base, floats(slot), target.count) }
    }
  }

  /// Copies a tensor's floats into a slot.
  func set(_ slot: Slot, _ tensor: Tensor) {
    tensor.withBytes { source in
      if let base = source.baseAddress { memcpy(floats(slot), base, source.count) }
    }
  }
}
