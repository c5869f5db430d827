/// How much a checkpoint may ask for before reading it is given up.
///
/// Real checkpoints stay far below the defaults; a file that is made to exhaust memory or the call stack meets
/// them first.
public struct CheckpointLimits: Sendable, Hashable {
  /// Values that one pickle may make.
  public var values = 20_000_000
  /// Values on the pickle machine's stack at one time.
  public var stack = 4_000_000
  /// Entries in the pickle machine's memo.
  public var memo = 20_000_000
  /// Bytes of one string or bytes object.
  public var string = 1 << 30
  /// Containers inside each other.
  public var nesting = 256
  /// Dimensions of one tensor.
  public var rank = 64
  /// Bytes that a compressed pickle may unpack to. PyTorch compresses nothing, and whoever does it afterwards has
  /// the numbers in entries of their own; a pickle of this size would be all names.
  public var unpackedPickle = 1 << 28
  /// Bytes that one entry may unpack to, or that one tensor may take when it can't be viewed in the file.
  public var memory = 16 << 30

  /// The defaults.
  public init() {}
}
