/// A way to compute a convolution.
enum ConvolutionAlgorithm: Hashable, Sendable {
  /// Sums over taps and channels as the definition has them.
  case direct
  /// Winograd's F(m × m, r × r), where r is 4 for m = 3 and otherwise 3.
  case winograd(Int)

  /// As reports and tuning files call it.
  var name: String {
    switch self {
    case .direct: "direct"
    case .winograd(let tile): "winograd f\(tile)"
    }
  }

  /// All of them.
  static let all: [ConvolutionAlgorithm] = [.direct] + WinogradTile.all.map { .winograd($0.size) }

  init?(name: String) {
    guard let known = Self.all.first(where: { $0.name == name }) else { return nil }
    self = known
  }
}

/// What is known of one of Winograd's tiles beside its matrices.
struct WinogradTile: Sendable {
  /// The `m` of F(m × m, r × r).
  let size: Int
  /// Its `r`.
  let taps: Int
  /// The largest error of a map, as a share of the map's largest value, that is to be expected of maps and weights
  /// without structure; a test measures that it is not more.
  let error: Double

  /// Larger tiles multiply less and round more: their matrices hold larger numbers, which cancel.
  static let all = [
    WinogradTile(size: 2, taps: 3, error: 1e-6), WinogradTile(size: 3, taps: 4, error: 5e-6),
    WinogradTile(size: 4, taps: 3, error: 5e-6), WinogradTile(size: 6, taps: 3, error: 6e-5),
  ]
}

/// Who decides which algorithm computes a convolution.
enum ConvolutionChoice: Sendable {
  /// The cost model, but for layers that were measured.
  case cost(measured: ConvolutionTuning)
  /// One algorithm for all layers that it can compute, for measuring.
  case forced(ConvolutionAlgorithm)
}

/// The fastest algorithm of each convolution that was measured.
///
/// It holds for any number of threads, so that their number never changes a result.
public struct ConvolutionTuning: Sendable, Equatable {
  /// Algorithms by layer.
  private(set) var algorithms: [String: ConvolutionAlgorithm]

  /// A tuning that knows no layer.
  public init() { algorithms = [:] }

  init(_ algorithms: [String: ConvolutionAlgorithm]) { self.algorithms = algorithms }

  /// How many layers it knows.
  public var count: Int { algorithms.count }

  /// Adds what another one knows, which wins.
  public mutating func merge(_ other: ConvolutionTuning) {
    algorithms.merge(other.algorithms) { _, new in new }
  }

  // MARK: As text

  private static let header = "cbam tuning 1"

  /// One line a layer, sorted: what `init(text:)` reads.
  public var text: String {
    ([Self.header] + algorithms.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value.name)" })
      .joined(separator: "\n") + "\n"
  }

  /// What `text` wrote.
  ///
  /// - Throws: `TuningTextError` with the number of the line that is not of this form.
  public init(text: some StringProtocol) throws(TuningTextError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first == Self.header else { throw TuningTextError(line: 1) }
    algorithms = [:]
    for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let parts = line.split(separator: "\t")
      guard parts.count == 2, let algorithm = ConvolutionAlgorithm(name: String(parts[1])) else {
        throw TuningTextError(line: number + 1)
      }
      algorithms[String(parts[0])] = algorithm
    }
  }
}

/// A text that is no tuning.
public struct TuningTextError: Error, Equatable, CustomStringConvertible {
  /// The first line that is wrong, from 1.
  public let line: Int

  /// One sentence for people.
  public var description: String { "line \(line) is not of a tuning file: delete the file to measure anew" }
}
