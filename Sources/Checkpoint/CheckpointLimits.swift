/// How much a checkpoint may ask for before reading it is given up.
///
/// Real checkpoints stay far below the defaults; a file that is made to exhaust memory or the call stack meets
/// them first.
public struct CheckpointLimits: Sendable, Hashable {
  /// Values that one pickle may make or refer to again. A list, dictionary, object or tensor counts for four, as it
  /// takes the memory of four numbers: some 600,000 tensors fit, and values take no more than 1 GB.
  public var values = 32_000_000
  /// Values in the header of a safetensors file or in an index of shards; a tensor has about eight.
  public var headerValues = 8_000_000
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
