import CKernels

/// What a session's threads reach at best, by measuring: the roofs under which every step runs (Williams, Waterman
/// and Patterson, "Roofline", 2009).
public struct MachineSpeed: Sendable, Equatable {
  /// Float32 operations a second, two for a multiply-add, with everything in registers.
  public let operations: Double
  /// Bytes a second read from memory that no cache holds.
  public let bandwidth: Double
  /// What threads cost beside their work; `nil` with one.
  public let forkJoin: ForkJoin?

  /// More than the last cache of common machines holds.
  private static let bufferFloats = 64 << 20
  /// How often each is measured; other work on the machine only ever slows down.
  private static let rounds = 7

  init(kernels: KernelSet, pool: WorkerPool) {
    let vectors: Int64 = 12_000_000
    let parts = pool.workers
    let ops = kernels.ops
    let memory = PlanMemory(bytes: 0, offsets: [], scratchFloats: 0, workers: parts, boxes: 0)
    func fastest(_ body: @escaping @Sendable (Int) -> Void) -> Double {
      // As many tasks as threads, each long enough that all threads take one.
      let phase = [Phase(tasks: parts) { _, task, _ in body(task) }]
      let clock = MonotonicClock()
      return (0..<Self.rounds).map { _ in clock.measure { pool(phase, memory) }.milliseconds }.min() ?? 0
    }
    let results = PackedFloats(count: parts)
    let compute = fastest { results.base[$0] = ops.multiply_adds(vectors) }
    let buffer = PackedFloats(count: Self.bufferFloats)
    let share = Self.bufferFloats / parts
    let read = fastest { results.base[$0] = ops.read_memory(buffer.base + $0 * share, share) }
    operations = Double(vectors) * Double(kernels.width * 2 * parts) / compute * 1e3
    bandwidth = Double(share * 4 * parts) / read * 1e3
    forkJoin = ForkJoin(pool)
  }
}
