import Glibc

/// OpenBLAS, loaded when a product is first wanted: planned networks rarely want one, and loading it, with the
/// Fortran runtime that it needs, would be a large part of the time to the first answer.
struct OpenBLAS: Sendable {
  /// The library; `nil` where this machine has none, and plain definitions do its work.
  static let shared = OpenBLAS()

  /// `cblas_sgemm`: order, transpositions of A and B, m, n, k, alpha, A, its row's length, B, its row's length, beta,
  /// C, its row's length.
  private typealias SGEMM =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>?, Int32, UnsafePointer<Float>?,
      Int32, Float, UnsafeMutablePointer<Float>?, Int32
    ) -> Void

  /// One operand: row-major, with its row's length, read as it is or turned.
  struct Operand {
    let elements: UnsafePointer<Float>?
    let rowLength: Int
    var isTransposed = false
  }

  private let sgemm: SGEMM

  private init?() {
    guard let library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL),
      let product = dlsym(library, "cblas_sgemm"),
      let setThreads = dlsym(library, "openblas_set_num_threads")
    else { return nil }
    // Its threads would fight ours.
    unsafeBitCast(setThreads, to: (@convention(c) (Int32) -> Void).self)(1)
    sgemm = unsafeBitCast(product, to: SGEMM.self)
  }

  /// C = alpha · A B + beta · C, A being `rows` by `depth`, C `rows` by `columns`; all below 2^31.
  func multiply(
    rows: Int, columns: Int, depth: Int, alpha: Float = 1, _ a: Operand, _ b: Operand, beta: Float = 0,
    into c: UnsafeMutablePointer<Float>?
  ) {
    // CblasRowMajor, CblasNoTrans and CblasTrans, as cblas.h numbers them.
    let (rowMajor, asItIs, turned): (Int32, Int32, Int32) = (101, 111, 112)
    sgemm(
      rowMajor, a.isTransposed ? turned : asItIs, b.isTransposed ? turned : asItIs, Int32(rows),
      Int32(columns), Int32(depth), alpha, a.elements, Int32(a.rowLength), b.elements, Int32(b.rowLength),
      beta, c, Int32(columns))
  }
}
