/// What a file may ask of the reader at most; every file is hostile until checked.
public struct ReaderLimits: Sendable {
  /// Messages inside messages. A graph inside a node's attribute takes three levels.
  public var nesting = 100
  /// Messages of all kinds: nodes, attributes, tensors, dimensions.
  public var messages = 20_000_000
  /// Bytes of one string that is no tensor data.
  public var stringLength = 1 << 26
  /// Bytes of the file and of all external data together.
  public var totalBytes = 64 << 30

  /// The limits above.
  public init() {}
}
