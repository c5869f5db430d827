import Graph

/// Numbers for each channel on the command line, such as `0.485,0.456,0.406`.
public struct ChannelNumbers: Sendable, Equatable {
  /// One number, or three.
  public let values: [Float]

  /// Reads one or three numbers separated by commas.
  public init?(_ text: String) {
    guard let values = Preprocessing.numbers(text, count: text.contains(",") ? 3 : 1) else { return nil }
    self.values = values
  }
}
