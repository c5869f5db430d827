import Graph
import OrderedCollections

/// Which values stand where in a plan's memory, and how.
struct PlanContents: Sendable {
  private let slots: [(name: String, layout: Layout, shape: [Int])?]
  private let levels: [String: Levels]
  private let boxes: [Int: String]
  private let width: Int

  init(_ builder: PlanBuilder) {
    width = builder.width
    slots = builder.definitions.map { definition in
      guard let definition else { return nil }
      let shape = builder.graph.floatShape(definition.name) ?? builder.graph.levelShape(definition.name)
      return (definition.name, definition.layout, shape ?? [])
    }
    levels = builder.graph.levels
    boxes = Dictionary(uniqueKeysWithValues: builder.boxes.map { ($0.value, $0.key) })
  }

  /// Copies of the values that `step` has just written, by name.
  func written(by step: Step, _ memory: PlanMemory) throws -> OrderedDictionary<String, RuntimeValue> {
    var values: OrderedDictionary<String, RuntimeValue> = [:]
    for slot in step.writes {
      guard let (name, layout, shape) = slots[slot.index] else { continue }
      switch layout {
      case .plain: values[name] = .tensor(try memory.tensor(slot, shape))
      case .blocked: values[name] = .tensor(try unblocked(memory.floats(slot), shape))
      case .levels:
        guard let meaning = levels[name] else { continue }
        values[name] = .tensor(try meaning.tensor(memory.bytes(slot), shape))
      }
    }
    for box in step.boxes {
      if let name = boxes[box], let value = memory.boxes[box] { values[name] = value }
    }
    return values
  }

  /// A map `[N, C, …]` from its blocks of channels.
  private func unblocked(_ blocks: UnsafeMutablePointer<Float>, _ shape: [Int]) throws -> Tensor {
    var tensor = try Tensor(uninitialized: .float32, shape: shape)
    let pixels = shape[2...].reduce(1, *)
    let planes = (shape[1] + width - 1) / width
    try tensor.withMutableElements(of: Float.self) { elements in
      for image in 0..<shape[0] {
        for channel in 0..<shape[1] {
          let from = blocks + ((image * planes + channel / width) * pixels * width + channel % width)
          let to = (image * shape[1] + channel) * pixels
          for pixel in 0..<pixels { elements[to + pixel] = from[pixel * width] }
        }
      }
    }
    return tensor
  }
}
