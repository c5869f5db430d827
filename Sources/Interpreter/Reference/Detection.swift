import Graph

extension ReferenceFamily {
  /// Choosing among boxes that a detector proposes.
  static let detection = ReferenceFamily(
    "Detection",
    [ReferenceOperator("NonMaxSuppression") { call in try suppress(&call) }])

  /// ONNX NonMaxSuppression-11: `[N, boxes, 4]` and `[N, classes, boxes]` give rows (image, class, box), the best
  /// of each class first.
  private static func suppress(_ call: inout ReferenceCall) throws {
    let (boxes, scores) = (try call.tensor(0), try call.tensor(1))
    guard boxes.rank == 3, scores.rank == 3, boxes.shape[2] == 4, boxes.shape[0] == scores.shape[0],
      boxes.shape[1] == scores.shape[2]
    else { throw call.failure("boxes \(boxes.shape) and scores \(scores.shape) don't fit each other") }
    let most = max(0, try call.optionalInts(2)?.first ?? 0)
    let overlapLimit = try call.optionalTensor(3)?.doubles().first ?? 0
    let scoreLimit = try call.optionalTensor(4)?.doubles().first
    let isCentered = call.node.int("center_point_box") == 1
    let coordinates = try boxes.doubles()
    let corners = stride(from: 0, to: coordinates.count, by: 4).map {
      Box(Array(coordinates[$0..<($0 + 4)]), isCentered: isCentered)
    }
    let allScores = try scores.doubles()
    let (classes, count) = (scores.shape[1], scores.shape[2])
    var selected: [Int64] = []
    for image in 0..<scores.shape[0] {
      for label in 0..<classes {
        let own = allScores[((image * classes + label) * count)..<((image * classes + label + 1) * count)]
        let candidates = (0..<count).filter { box in
          scoreLimit.map { own[own.startIndex + box] > $0 } ?? true
        }
        // Of equal scores the earlier box wins; the sort is stable.
        let ranked = candidates.sorted { own[own.startIndex + $0] > own[own.startIndex + $1] }
        var kept: [Int] = []
        for box in ranked {
          if kept.count >= most { break }
          let candidate = corners[image * count + box]
          if kept.contains(where: { corners[image * count + $0].overlap(candidate) > overlapLimit }) {
            continue
          }
          kept.append(box)
          selected += [Int64(image), Int64(label), Int64(box)]
        }
      }
    }
    call.set(0, try Tensor(selected, shape: [selected.count / 3, 3]))
  }
}

/// A rectangle by its corners in order.
private struct Box {
  let top: Double
  let left: Double
  let bottom: Double
  let right: Double

  /// From (y₁, x₁, y₂, x₂), any two opposite corners, or (x, y, width, height) of the centre.
  init(_ values: [Double], isCentered: Bool) {
    if isCentered {
      left = values[0] - values[2] / 2
      right = values[0] + values[2] / 2
      top = values[1] - values[3] / 2
      bottom = values[1] + values[3] / 2
    } else {
      top = min(values[0], values[2])
      bottom = max(values[0], values[2])
      left = min(values[1], values[3])
      right = max(values[1], values[3])
    }
  }

  var area: Double { (right - left) * (bottom - top) }

  /// Intersection over union; 0 for boxes without area.
  func overlap(_ other: Box) -> Double {
    let width = min(right, other.right) - max(left, other.left)
    let height = min(bottom, other.bottom) - max(top, other.top)
    guard width > 0, height > 0, area > 0, other.area > 0 else { return 0 }
    return width * height / (area + other.area - width * height)
  }
}
