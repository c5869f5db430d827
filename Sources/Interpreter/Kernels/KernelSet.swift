import CKernels
import Glibc

/// The kernels of one instruction set, and what the planner must know of the machine.
struct KernelSet: Sendable {
  /// As reports call it: `avx512`, `avx2`, `neon`, `portable`.
  let name: String
  let conv: ck_f32_conv_kernels
  let ops: ck_f32_ops_kernels
  /// What works on maps of 8-bit levels, and its name in reports: `avx512vnni` where `avx512` has it, else `avx2`.
  let levels: (name: String, kernels: ck_u8_kernels)
  /// Floats in a vector, which is the number of channels in a block.
  var width: Int { Int(ops.width) }

  /// One row per instruction set, the best first.
  private static let table: [(name: String, feature: Int)] = [
    ("avx512", CKERNELS_CPU_AVX512), ("avx2", CKERNELS_CPU_AVX2_FMA), ("neon", CKERNELS_CPU_NEON),
    ("portable", CKERNELS_CPU_PORTABLE),
  ]

  /// Names that a cap may have.
  static var names: [String] { table.map(\.name) }

  /// The best set that this CPU has, not above `cap` in the table.
  ///
  /// - Throws: `InterpreterError` where the cap names no set of this CPU.
  static func best(cap: String?) throws -> KernelSet {
    let cap = cap ?? getenv("CBAM_CPU").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    let features = Int(ckernels_cpu_features())
    let start = try cap.map { cap in
      guard let row = table.firstIndex(where: { $0.name == cap }), features & table[row].feature != 0 else {
        let known = table.filter { features & $0.feature != 0 }.map(\.name).joined(separator: ", ")
        throw InterpreterError.instructionSet(cap, known: known)
      }
      return row
    }
    for row in table[(start ?? 0)...] where features & row.feature != 0 {
      if let conv = ck_f32_conv_kernels_of(UInt32(row.feature)),
        let ops = ck_f32_ops_kernels_of(UInt32(row.feature)), let levels = levels(from: row, features)
      {
        return KernelSet(name: row.name, conv: conv.pointee, ops: ops.pointee, levels: levels)
      }
    }
    throw InterpreterError.instructionSet(cap ?? "", known: "none")
  }

  /// The best kernels for levels among those of `row` and of what is below it in the table.
  private static func levels(
    from row: (name: String, feature: Int), _ features: Int
  ) -> (name: String, kernels: ck_u8_kernels)? {
    let rows = (row.name == "avx512" ? [("avx512vnni", CKERNELS_CPU_AVX512_VNNI)] : []) + table
    guard let start = rows.firstIndex(where: { $0.1 == row.feature }) else { return nil }
    for (name, feature) in rows[(row.name == "avx512" ? 0 : start)...] where features & feature != 0 {
      if let kernels = ck_u8_kernels_of(UInt32(feature)) { return (name, kernels.pointee) }
    }
    return nil
  }
}
