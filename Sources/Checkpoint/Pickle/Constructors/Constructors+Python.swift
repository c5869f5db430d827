import Files

/// Python's own types.
extension Constructors {
  static let python: [String: Constructor] = {
    var table: [String: Constructor] = [
      "collections.OrderedDict": dictionary, "collections.Counter": dictionary, "builtins.dict": dictionary,
      "collections.defaultdict": defaultDictionary,
      "builtins.list": sequence(.list), "builtins.tuple": sequence(.tuple),
      "builtins.set": sequence(.set), "builtins.frozenset": sequence(.frozenset),
      "collections.deque": sequence(.list),
      "builtins.bytearray": bytes, "builtins.bytes": bytes, "_codecs.encode": bytes,
      "builtins.getattr": member, "copyreg._reconstructor": reconstructed,
    ]
    let opaques = [
      "argparse.Namespace", "builtins.complex", "builtins.range", "builtins.xrange", "builtins.slice",
      "datetime.date",
      "datetime.datetime", "datetime.time", "datetime.timedelta", "datetime.timezone", "decimal.Decimal",
      "fractions.Fraction", "functools.partial", "logging.getLogger", "operator.attrgetter",
      "operator.itemgetter", "pathlib.Path", "pathlib.PosixPath", "pathlib.PurePath",
      "pathlib.PurePosixPath", "pathlib.PureWindowsPath", "pathlib.WindowsPath", "random.Random",
      "types.SimpleNamespace", "uuid.UUID", "uuid.SafeUUID", "zoneinfo.ZoneInfo._unpickle",
    ]
    for name in opaques { table[name] = opaque }
    return table
  }()

  /// `OrderedDict()`, `OrderedDict([[key, value], …])`, `Counter({…})`.
  private static let dictionary: Constructor = { (machine, name, arguments) throws(PickleError) in
    let className = name == "builtins.dict" ? "dict" : name
    guard let first = arguments.first else { return .dictionary(DictionaryNode(className: className)) }
    if case .dictionary(let source) = machine.heap[first] {
      try machine.charge(source.entries.count)
      return .dictionary(DictionaryNode(className: className, entries: source.entries))
    }
    var entries: [NodeID] = []
    let items = machine.heap.sequence(first) ?? [first]
    try machine.charge(2 * items.count)
    for item in items {
      guard let pair = machine.heap.sequence(item), pair.count == 2 else {
        throw machine.badArguments(name, "\(machine.heap[item].kind) where a pair is needed")
      }
      entries += pair
    }
    return .dictionary(DictionaryNode(className: className, entries: entries))
  }

  /// `defaultdict(factory)`: the factory would only run for keys that are missing.
  private static let defaultDictionary: Constructor = { (_, name, _) throws(PickleError) in
    .dictionary(DictionaryNode(className: name))
  }

  static func sequence(_ kind: SequenceKind) -> Constructor {
    { (machine, name, arguments) throws(PickleError) in
      guard let first = arguments.first else { return .sequence(kind, []) }
      guard case .sequence(_, let items) = machine.heap[first] else {
        throw machine.badArguments(name, "\(machine.heap[first].kind) where a sequence is needed")
      }
      try machine.charge(items.count)
      return .sequence(kind, items)
    }
  }

  /// `bytearray(b"…")`, and the Latin-1 text by which protocols below 3 write bytes.
  private static let bytes: Constructor = { (machine, name, arguments) throws(PickleError) in
    guard let first = arguments.first else { return .bytes(FileBytes(copying: [])) }
    switch machine.heap[first] {
    case .bytes(let bytes): return .bytes(bytes)
    case .string(let text):
      let codec = arguments.count > 1 ? machine.heap.string(arguments[1]) : nil
      guard let codec, ["latin1", "latin-1", "iso-8859-1"].contains(codec) else {
        throw machine.badArguments(name, "text in another encoding than Latin-1")
      }
      try machine.charge(text.utf8.count)
      let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
      guard bytes.count == text.unicodeScalars.count else {
        throw machine.badArguments(name, "text that is not Latin-1")
      }
      return .bytes(FileBytes(copying: bytes))
    case .sequence(_, let items):
      try machine.charge(items.count)
      let bytes = items.compactMap { machine.heap.integer($0).flatMap(UInt8.init(exactly:)) }
      guard bytes.count == items.count else { throw machine.badArguments(name, "numbers beyond a byte") }
      return .bytes(FileBytes(copying: bytes))
    default: throw machine.badArguments(name, "\(machine.heap[first].kind) where bytes are needed")
    }
  }

  /// `getattr(Class, "MEMBER")`, by which some versions of Python write enums, and protocols below 4 classes inside
  /// classes; or a method bound to an object.
  private static let member: Constructor = { (machine, name, arguments) throws(PickleError) in
    let owner = try machine.argument(0, arguments, of: name)
    let member = try machine.argument(1, arguments, of: name)
    guard machine.heap.string(member) != nil else {
      throw machine.badArguments(name, "a member that is no name")
    }
    switch machine.heap[owner] {
    case .global(let className, _):
      let list = machine.heap.add(.sequence(.tuple, [member]))
      return .object(ObjectNode(className: className, arguments: list, isMember: true))
    case .object(let object) where object.isMember:
      guard let className = machine.heap.className(owner) else { return machine.opaque(name, arguments) }
      let list = machine.heap.add(.sequence(.tuple, [member]))
      return .object(ObjectNode(className: className, arguments: list, isMember: true))
    case .object: return machine.opaque(name, arguments)
    default:
      throw machine.badArguments(name, "a member of \(machine.heap[owner].kind)")
    }
  }

  /// `copyreg._reconstructor(Class, base, state)`: how protocols 0 and 1 make objects.
  private static let reconstructed: Constructor = { (machine, name, arguments) throws(PickleError) in
    let type = try machine.argument(0, arguments, of: name)
    guard let className = machine.heap.globalName(type) else {
      throw machine.badArguments(name, "\(machine.heap[type].kind) where a class is needed")
    }
    if let constructor = table[className] {
      var state: [NodeID] = []
      if arguments.count > 2, !machine.heap[arguments[2]].isNone { state = [arguments[2]] }
      return try constructor(&machine, className, state)
    }
    return machine.opaque(className, arguments.count > 2 ? [arguments[2]] : [])
  }
}
