import Graph
import OrderedCollections

extension ReferenceFamily {
  /// Between labels, their numbers, and maps from them (domain `ai.onnx.ml`).
  static let labels = ReferenceFamily(
    "Labels",
    [
      ReferenceOperator("LabelEncoder", domain: classicalDomain) { try encodeLabels(&$0) },
      ReferenceOperator("CategoryMapper", domain: classicalDomain) { call in
        let numbers = (call.node.ints("cats_int64s") ?? []).map { Label.integer(Int64($0)) }
        let strings = (call.node.strings("cats_strings") ?? []).map { Label.text($0) }
        guard numbers.count == strings.count else {
          throw call.failure("\(numbers.count) integers don't match \(strings.count) strings")
        }
        if try call.tensor(0).elementType == .string {
          let other = Label.integer(Int64(call.node.int("default_int64") ?? -1))
          try call.encode(keys: strings, values: numbers, other: other, as: .int64)
        } else {
          let other = Label.text(call.node.string("default_string") ?? "_Unused")
          try call.encode(keys: numbers, values: strings, other: other, as: .string)
        }
      },
      ReferenceOperator("CastMap", domain: classicalDomain) { try castMap(&$0) },
      ReferenceOperator("DictVectorizer", domain: classicalDomain) { try vectorizeMap(&$0) },
      ReferenceOperator("ZipMap", domain: classicalDomain) { try zipMap(&$0) },
    ])

  /// `LabelEncoder`-4, -2, and -1, which knew strings and their positions only.
  private static func encodeLabels(_ call: inout ReferenceCall) throws {
    let node = call.node
    if let classes = node.strings("classes_strings") {
      let positions = classes.indices.map { Label.integer(Int64($0)) }
      let texts = classes.map { Label.text($0) }
      if try call.tensor(0).elementType == .string {
        let other = Label.integer(Int64(node.int("default_int64") ?? -1))
        return try call.encode(keys: texts, values: positions, other: other, as: .int64)
      }
      let other = Label.text(node.string("default_string") ?? "_Unused")
      return try call.encode(keys: positions, values: texts, other: other, as: .string)
    }
    guard let keys = try call.labels("keys"), let values = try call.labels("values") else {
      throw call.failure("lacks keys or values")
    }
    guard keys.labels.count == values.labels.count else {
      throw call.failure("\(keys.labels.count) keys don't match \(values.labels.count) values")
    }
    let other: Label
    if let tensor = node.tensor("default_tensor") {
      guard let first = try Label.all(in: tensor).first, tensor.count == 1 else {
        throw call.failure("default_tensor has \(tensor.count) elements, needs 1")
      }
      other = first
    } else if values.type == .string {
      other = .text(node.string("default_string") ?? "_Unused")
    } else if values.type.isFloatingPoint {
      other = .number(Double(node.float("default_float") ?? -0.0))
    } else {
      other = .integer(Int64(node.int("default_int64") ?? -1))
    }
    try call.encode(keys: keys.labels, values: values.labels, other: other, as: values.type)
  }

  /// The values of a map with integer keys, in the order of the keys (`DENSE`) or at the place that the key says.
  private static func castMap(_ call: inout ReferenceCall) throws {
    guard case .map(let map, .int64, _)? = call.value(0) else {
      throw call.failure("input 0 is no map from int64")
    }
    var pairs: [(key: Int64, value: RuntimeValue)] = []
    for case (.int(let key), let value) in map { pairs.append((key, value)) }
    pairs.sort { $0.key < $1.key }
    let isSparse = call.node.string("map_form") == "SPARSE"
    let length = isSparse ? call.node.int("max_map") ?? 1 : pairs.count
    _ = try call.checkedCount(of: [1, length])
    var slots: [Tensor?] = Array(repeating: nil, count: length)
    for (index, pair) in pairs.enumerated() {
      let slot = isSparse ? Int(pair.key) : index
      guard slots.indices.contains(slot) else {
        throw call.failure("key \(pair.key) is out of range for max_map \(length)")
      }
      guard let tensor = pair.value.tensor else { throw call.failure("the map's values are no tensors") }
      slots[slot] = tensor
    }
    let texts = try slots.map { try $0.flatMap { try NumberText.texts(of: $0).first } }
    func numbers() throws -> [Double] {
      try texts.map { text in
        guard let text else { return 0 }
        guard let number = NumberText.number(text) else { throw call.failure("'\(text)' is no number") }
        return number
      }
    }
    let shape = [1, length]
    switch call.node.string("cast_to") ?? "TO_FLOAT" {
    case "TO_STRING": call.set(0, try Tensor(strings: texts.map { $0 ?? "" }, shape: shape))
    case "TO_INT64": call.set(0, try Tensor(numbers: numbers(), as: .int64, shape: shape))
    case "TO_FLOAT": call.set(0, try Tensor(numbers: numbers(), as: .float32, shape: shape))
    case let other: throw call.failure("cast_to is '\(other)'")
    }
  }

  /// A map's values at the places that the vocabulary gives their keys, zero elsewhere.
  private static func vectorizeMap(_ call: inout ReferenceCall) throws {
    guard case .map(let map, _, let valueType)? = call.value(0), let type = valueType.elementType else {
      throw call.failure("input 0 is no map of tensors")
    }
    let keys: [RuntimeValue.MapKey] =
      call.node.strings("string_vocabulary")?.map { .string($0) }
      ?? (call.node.ints("int64_vocabulary") ?? []).map { .int(Int64($0)) }
    if let lost = map.keys.first(where: { !keys.contains($0) }) {
      throw call.failure("key \(lost) is not in the vocabulary")
    }
    let labels = try keys.map { key -> Label in
      if let tensor = map[key]?.tensor, let label = try Label.all(in: tensor).first { return label }
      return type == .string ? .text("") : type.isFloatingPoint ? .number(0) : .integer(0)
    }
    call.set(0, try Label.tensor(labels, as: type, shape: [1, labels.count]))
  }

  /// Each row's scores by their labels.
  private static func zipMap(_ call: inout ReferenceCall) throws {
    let strings = call.node.strings("classlabels_strings")
    let keys: [RuntimeValue.MapKey] =
      strings?.map { .string($0) } ?? (call.node.ints("classlabels_int64s") ?? []).map { .int(Int64($0)) }
    let rows = try call.featureRows()
    guard rows.width == keys.count else {
      throw call.failure("\(rows.width) columns don't match \(keys.count) labels")
    }
    let keyType: ElementType = strings == nil ? .int64 : .string
    let scalar = ValueType.tensor(.float32, [])
    let maps = try (0..<rows.count).map { index -> RuntimeValue in
      var map: OrderedDictionary<RuntimeValue.MapKey, RuntimeValue> = [:]
      for (key, value) in zip(keys, rows.row(index)) {
        map[key] = .tensor(try Tensor([Float(value)], shape: []))
      }
      return .map(map, key: keyType, value: scalar)
    }
    call.set(0, .sequence(maps, element: .map(key: keyType, value: scalar)))
  }
}

/// A label: a number or a text.
private enum Label: Hashable {
  case number(Double)
  case integer(Int64)
  case text(String)

  /// Every NaN is one label.
  static func == (left: Label, right: Label) -> Bool {
    switch (left, right) {
    case (.text(let a), .text(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b || (a.isNaN && b.isNaN)
    default: false
    }
  }

  func hash(into hasher: inout Hasher) {
    switch self {
    case .text(let text): hasher.combine(text)
    case .integer(let number): hasher.combine(number)
    case .number(let number): hasher.combine(number.isNaN ? 0 : number)
    }
  }

  /// The elements of a tensor.
  static func all(in tensor: Tensor) throws -> [Label] {
    if tensor.elementType == .string { return try tensor.strings().map { .text($0) } }
    if tensor.elementType.isFloatingPoint { return try tensor.doubles().map { .number($0) } }
    return try tensor.integers().map { .integer($0) }
  }

  /// A tensor of labels that are all of the kind that `type` holds.
  static func tensor(_ labels: [Label], as type: ElementType, shape: [Int]) throws -> Tensor {
    if type == .string {
      return try Tensor(
        strings: labels.map { if case .text(let text) = $0 { text } else { "" } }, shape: shape)
    }
    if type.isFloatingPoint {
      let numbers = labels.map { if case .number(let number) = $0 { number } else { Double(0) } }
      return try Tensor(doubles: numbers, as: type, shape: shape)
    }
    let numbers = labels.map { if case .integer(let number) = $0 { number } else { Int64(0) } }
    return try Tensor(integers: numbers, as: type, shape: shape)
  }
}

extension ReferenceCall {
  /// Sets output 0 to the value of each element's key; of equal keys the last counts.
  fileprivate mutating func encode(
    keys: [Label], values: [Label], other: Label, as type: ElementType
  ) throws {
    let table = Dictionary(zip(keys, values)) { _, last in last }
    let input = try tensor(0)
    let results = try Label.all(in: input).map { table[$0] ?? other }
    set(0, try Label.tensor(results, as: type, shape: input.shape))
  }

  /// The list that one of the attributes `stem`_tensor, `stem`_strings, `stem`_int64s and `stem`_floats gives.
  fileprivate func labels(_ stem: String) throws -> (labels: [Label], type: ElementType)? {
    if let tensor = node.tensor("\(stem)_tensor") { return (try Label.all(in: tensor), tensor.elementType) }
    if let texts = node.strings("\(stem)_strings") { return (texts.map { .text($0) }, .string) }
    if let numbers = node.ints("\(stem)_int64s") { return (numbers.map { .integer(Int64($0)) }, .int64) }
    if let numbers = node.floats("\(stem)_floats") {
      return (numbers.map { .number(Double($0)) }, .float32)
    }
    return nil
  }
}
