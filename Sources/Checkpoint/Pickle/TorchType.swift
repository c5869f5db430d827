import Graph

/// A PyTorch element type (`torch.dtype`).
struct TorchType: Sendable, Hashable {
  /// Without `torch.`, such as `float32` or `quint8`.
  let name: String
  /// How one element is stored; `nil` for types that have no counterpart here.
  let storedAs: ElementType?
  /// Bytes of one element (of one stored unit for types that are packed in bytes).
  let byteCount: Int

  private init(_ name: String, _ storedAs: ElementType?, _ byteCount: Int) {
    self.name = name
    self.storedAs = storedAs
    self.byteCount = byteCount
  }

  /// A type that can be listed but not read.
  static func unreadable(_ name: String) -> TorchType { TorchType(name, nil, 1) }

  static let uint8 = TorchType("uint8", .uint8, 1)
  static let float32 = TorchType("float32", .float32, 4)

  /// Whether elements stand for numbers only together with a scale and a zero point.
  var isQuantized: Bool { name.hasPrefix("q") }

  /// Every type of PyTorch 2.15.
  static let all: [TorchType] = [
    float32, uint8,
    TorchType("float64", .float64, 8), TorchType("float16", .float16, 2),
    TorchType("bfloat16", .bfloat16, 2), TorchType("float8_e4m3fn", .float8e4m3fn, 1),
    TorchType("float8_e4m3fnuz", .float8e4m3fnuz, 1), TorchType("float8_e5m2", .float8e5m2, 1),
    TorchType("float8_e5m2fnuz", .float8e5m2fnuz, 1), TorchType("float8_e8m0fnu", .float8e8m0, 1),
    TorchType("float4_e2m1fn_x2", nil, 1),
    TorchType("int8", .int8, 1), TorchType("int16", .int16, 2), TorchType("int32", .int32, 4),
    TorchType("int64", .int64, 8), TorchType("uint16", .uint16, 2), TorchType("uint32", .uint32, 4),
    TorchType("uint64", .uint64, 8), TorchType("bool", .bool, 1),
    TorchType("complex32", nil, 4), TorchType("complex64", .complex64, 8),
    TorchType("complex128", .complex128, 16),
    TorchType("qint8", .int8, 1), TorchType("quint8", .uint8, 1), TorchType("qint32", .int32, 4),
    TorchType("quint4x2", nil, 1), TorchType("quint2x4", nil, 1),
    TorchType("bits8", nil, 1), TorchType("bits16", nil, 2), TorchType("bits1x8", nil, 1),
    TorchType("bits2x4", nil, 1), TorchType("bits4x2", nil, 1),
  ]

  private static let byName: [String: TorchType] = {
    var table = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    let aliases = [
      "float": "float32", "double": "float64", "half": "float16", "cfloat": "complex64",
      "cdouble": "complex128", "chalf": "complex32", "long": "int64", "int": "int32", "short": "int16",
    ]
    for (alias, name) in aliases { table[alias] = table[name] }
    return table
  }()

  private static let byStorage: [String: String] = [
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16",
    "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
    "ComplexDoubleStorage": "complex128", "ComplexFloatStorage": "complex64", "QInt8Storage": "qint8",
    "QInt32Storage": "qint32", "QUInt8Storage": "quint8", "QUInt4x2Storage": "quint4x2",
    "QUInt2x4Storage": "quint2x4",
  ]

  /// The type that `torch.` calls `global`, such as `torch.float32`.
  init?(global: String) {
    guard global.hasPrefix("torch."), let type = Self.byName[String(global.dropFirst(6))] else { return nil }
    self = type
  }

  /// The type of a storage class such as `torch.FloatStorage` or `torch.cuda.HalfStorage`.
  init?(storageClass: String) {
    let parts = storageClass.split(separator: ".")
    guard parts.first == "torch", let last = parts.last, let name = Self.byStorage[String(last)],
      let type = Self.byName[name]
    else { return nil }
    self = type
  }

  /// The type whose elements are stored as `element`, such as a NumPy array's.
  init?(_ element: ElementType) {
    guard let type = Self.all.first(where: { $0.storedAs == element }) else { return nil }
    self = type
  }
}
