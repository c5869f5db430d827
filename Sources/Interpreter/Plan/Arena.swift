/// Places of slots in one arena, such that slots that live at the same time don't overlap.
struct Arena {
  /// Byte offsets by slot.
  private(set) var offsets: [Int]
  /// The arena's size.
  private(set) var bytes = 0

  /// - Parameters:
  ///   - slotBytes: sizes, multiples of 64.
  ///   - kept: slots that live from beginning to end, such as the caller's inputs and outputs.
  init(slotBytes: [Int], steps: [Step], kept: [Slot]) {
    offsets = Array(repeating: 0, count: slotBytes.count)
    var first = Array(repeating: Int.max, count: slotBytes.count)
    var last = Array(repeating: -1, count: slotBytes.count)
    for (index, step) in steps.enumerated() {
      for slot in step.reads + step.writes + step.temporaries {
        first[slot.index] = min(first[slot.index], index)
        last[slot.index] = max(last[slot.index], index)
      }
    }
    var isKept = Array(repeating: false, count: slotBytes.count)
    for slot in kept {
      isKept[slot.index] = true
      first[slot.index] = -1
      last[slot.index] = steps.count
    }
    // A slot written upon another that nobody reads afterwards shares its place.
    var host = Array(slotBytes.indices)
    func root(_ slot: Int) -> Int { host[slot] == slot ? slot : root(host[slot]) }
    for (index, step) in steps.enumerated() {
      guard let under = step.inPlace, step.writes.count >= 1 else { continue }
      let over = step.writes[0]
      let base = root(under.index)
      guard last[under.index] == index, last[base] == index, first[over.index] == index,
        !isKept[over.index], !isKept[under.index],
        slotBytes[over.index] <= slotBytes[base], over != under
      else { continue }
      host[over.index] = base
      last[base] = last[over.index]
    }
    // The largest first, each as low as it fits.
    let order = slotBytes.indices.filter { last[$0] >= 0 && host[$0] == $0 }
      .sorted { (slotBytes[$0], $1) > (slotBytes[$1], $0) }
    var placed: [Int] = []
    for slot in order {
      let busy = placed.filter { first[$0] <= last[slot] && first[slot] <= last[$0] }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in busy {
        if offset + slotBytes[slot] <= offsets[other] { break }
        offset = max(offset, offsets[other] + slotBytes[other])
      }
      offsets[slot] = offset
      bytes = max(bytes, offset + slotBytes[slot])
      placed.append(slot)
    }
    for slot in host.indices where host[slot] != slot { offsets[slot] = offsets[root(slot)] }
  }
}
