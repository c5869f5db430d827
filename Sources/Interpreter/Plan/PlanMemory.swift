import Glibc
import Graph

/// Where one run of a plan keeps its values: an arena that all plans' values share by turns, scratch memory for
/// each worker, and values that are no float32 arrays of known shape.
///
/// Everything is allocated when the plan is made.
final class PlanMemory: @unchecked Sendable {
  private let arena: UnsafeMutableRawPointer
  private let arenaBytes: Int
  private let offsets: UnsafeMutablePointer<Int>
  private let scratch: UnsafeMutableRawPointer
  private let scratchFloats: Int
  /// What holds both; `nil` where they are this object's own.
  private let room: PackedFloats?
  /// Values that only plain definitions read and write, by number; touched by one worker at a time.
  var boxes: [RuntimeValue?]
  /// The first error of a step that can fail; later such steps don't run.
  var failure: (any Error)?

  /// - Parameters:
  ///   - offsets: of slots, in bytes.
  ///   - scratchFloats: for each worker.
  ///   - weights: where memory is asked for first.
  init(
    bytes: Int, offsets: [Int], scratchFloats: Int, workers: Int, boxes: Int,
    besides weights: WeightMemory? = nil
  ) {
    arenaBytes = (max(bytes, 64) + 63) / 64 * 64
    self.scratchFloats = (scratchFloats + 31) / 16 * 16
    let scratchBytes = self.scratchFloats * 4 * workers
    room = weights?.remainder(count: (arenaBytes + scratchBytes) / 4)
    if let room {
      arena = UnsafeMutableRawPointer(room.base)
      scratch = arena + arenaBytes
    } else {
      arena = Self.allocate(arenaBytes)
      // Lanes beyond the last channel are read: they must be numbers from the start.
      memset(arena, 0, arenaBytes)
      scratch = Self.allocate(scratchBytes)
    }
    self.offsets = .allocate(capacity: max(1, offsets.count))
    for (index, offset) in offsets.enumerated() { self.offsets[index] = offset }
    self.boxes = Array(repeating: nil, count: boxes)
  }

  deinit {
    if room == nil {
      free(arena)
      free(scratch)
    }
    offsets.deallocate()
  }

  /// The first float of a slot.
  func floats(_ slot: Slot) -> UnsafeMutablePointer<Float> {
    (arena + offsets[slot.index]).assumingMemoryBound(to: Float.self)
  }

  /// The first byte of a slot of levels.
  func bytes(_ slot: Slot) -> UnsafeMutablePointer<UInt8> {
    (arena + offsets[slot.index]).assumingMemoryBound(to: UInt8.self)
  }

  /// A worker's scratch memory.
  func scratch(of worker: Int) -> UnsafeMutablePointer<Float> {
    scratch.assumingMemoryBound(to: Float.self) + worker * scratchFloats
  }

  /// Memory on huge pages where there is enough of it: fewer translations to miss.
  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let huge = 2 << 20
    var pointer: UnsafeMutableRawPointer?
    let alignment = bytes >= huge ? huge : 64
    guard posix_memalign(&pointer, alignment, (bytes + alignment - 1) / alignment * alignment) == 0,
      let pointer
    else { return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64) }
    if bytes >= huge { madvise(pointer, bytes, MADV_HUGEPAGE) }
    return pointer
  }
}

/// A place in the arena.
struct Slot: Hashable, Sendable {
  let index: Int
}

/// Constant floats in the form that kernels read: weights packed once.
final class PackedFloats: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int
  /// Whether all of them are numbers and finite, as far as those who packed them looked.
  var areFinite = true
  /// What holds the memory; `nil` where it is this object's own.
  private let owner: AnyObject?

  /// Zeros, to be written before a plan runs and never after.
  init(count: Int) {
    self.count = count
    owner = nil
    base = PlanMemory.allocate(max(64, count * 4)).assumingMemoryBound(to: Float.self)
    base.initialize(repeating: 0, count: count)
  }

  convenience init(_ values: [Float], paddedTo count: Int) {
    self.init(count: max(count, values.count))
    for (index, value) in values.enumerated() { base[index] = value }
  }

  /// A part of memory that `owner` holds.
  init(_ base: UnsafeMutablePointer<Float>, count: Int, ownedBy owner: AnyObject) {
    self.base = base
    self.count = count
    self.owner = owner
  }

  deinit {
    if owner == nil { free(base) }
  }

  /// As many zero bytes at least.
  convenience init(bytes: Int) { self.init(count: (bytes + 3) / 4) }

  /// The same memory, holding numbers of another type.
  func base<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Element.self)
  }
}
