import Glibc
import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// `docs/operators.md`, made from the schemas, the definitions and what plans choose.
///
/// To write it anew: `CBAM_WRITE_DOCS=1 swift test --filter OperatorTableTests`.
@Suite struct OperatorTableTests {
  private static let path = "\(Peer.packageRoot)/docs/operators.md"

  @Test func theTableIsCurrent() throws {
    let table = Self.table()
    if getenv("CBAM_WRITE_DOCS") != nil { try writeFile(Self.path, Array(table.utf8)) }
    #expect(
      String(decoding: try readFile(Self.path), as: UTF8.self) == table,
      "docs/operators.md is not current: CBAM_WRITE_DOCS=1 swift test --filter OperatorTableTests")
  }

  @Test func everyOperatorOfTheStandardRuns() {
    for (domain, name) in OperatorSchema.allOperators where OperatorFamily.find(name, domain: domain) == nil {
      // What the standard had withdrawn before the versions that models use today.
      #expect(
        OperatorSchema.versions(of: name, domain: domain).last?.isDeprecated == true, "\(domain) \(name)")
    }
    for family in OperatorFamily.all {
      for item in family.operators {
        // The nodes that `Model.upgraded()` puts in their place run instead.
        let isReplaced = item.name == "Gradient" || Self.isUpgradedAway(item)
        #expect(
          isReplaced || ReferenceFamily.find(item.name, domain: item.domain) != nil,
          "\(item.domain) \(item.name) has no definition")
      }
    }
  }

  private static func isUpgradedAway(_ item: Operator) -> Bool {
    OperatorSchema.versions(of: item.name, domain: item.domain).last?.isDeprecated == true
  }

  // MARK: The table

  private static func table() -> String {
    var lines = [
      "# Operators", "",
      "What runs, by domain. **Versions** are those with a definition of their own, with the element types that each",
      "permits more (+) or fewer (−) than the one before it; a model may import any operator set from 7 on. **Types** are",
      "those that the newest version permits anywhere among its inputs and outputs. All of them run, but where the",
      "standard permits a type and gives the operation no meaning for it (below). **Fast** marks operators that have a",
      "kernel for float32; all others, and all other types, run by their plain definitions.", "",
      "`OperatorTableTests` writes this file: `CBAM_WRITE_DOCS=1 swift test --filter OperatorTableTests`.",
      "",
      "## Permitted, and without a meaning", "",
      "These are refused with a sentence that says so. `onnx.reference` ends with an error there too, or computes what",
      "NumPy or Python happen to do; ONNX Runtime 1.32 has none of them.", "",
      "| operator | types | why |", "| --- | --- | --- |",
    ]
    lines += withoutMeaning.map { "| \($0.operators) | \($0.types) | \($0.why) |" }
    var domain: String?
    for (own, name) in OperatorSchema.allOperators where OperatorFamily.find(name, domain: own) != nil {
      if own != domain {
        domain = own
        lines += [
          "", "## \(own.isEmpty ? "ai.onnx" : own) (\(OperatorSchema.newestVersions[own] ?? 0))", "",
          "| operator | versions | types | fast |", "| --- | --- | --- | --- |",
        ]
      }
      let versions = OperatorSchema.versions(of: name, domain: own)
      let numbers = versions.indices.map { label(versions[$0], after: $0 == 0 ? nil : versions[$0 - 1]) }
      let current = versions.last { !$0.isDeprecated } ?? versions[versions.count - 1]
      let isFast = own.isEmpty && isFast(name)
      lines.append(
        "| \(name) | \(numbers.joined(separator: ", ")) | \(types(of: current)) | \(isFast ? "yes" : "") |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What schemas permit and their texts don't define; `EveryTypeTests` holds the refusals to it.
  private static let withoutMeaning: [(operators: String, types: String, why: String)] = [
    (
      "Col2Im", "string",
      "elements of overlapping blocks are summed, and 0 stands where no block is; strings have neither sum nor 0"
    ),
    (
      "GridSample with `linear` or `cubic`, Resize and Upsample with `linear` or `cubic`", "string",
      "the result is a sum of elements times weights; `nearest`, which picks elements, takes strings"
    ),
    (
      "ScatterElements, ScatterND with `mul`, `max` or `min`", "string",
      "a product of strings is not defined, nor an order; `add` joins them, as onnx.reference and ONNX Runtime do"
    ),
    (
      "ScatterElements, ScatterND with `max` or `min`", "complex64, complex128",
      "complex numbers have no order that arithmetic agrees with; `add` and `mul` are defined"
    ),
  ]

  private static let groups: [(String, [String])] = [
    ("float16–64", ["float16", "float", "double"]), ("bfloat16", ["bfloat16"]),
    ("int8–64", ["int8", "int16", "int32", "int64"]), ("uint8–64", ["uint8", "uint16", "uint32", "uint64"]),
    ("bool", ["bool"]), ("string", ["string"]), ("complex", ["complex64", "complex128"]),
    ("float8", ["float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"]),
    ("float8e8m0", ["float8e8m0"]),
    ("float6", ["float6e2m3", "float6e3m2"]), ("float4", ["float4e2m1"]), ("int4, uint4", ["int4", "uint4"]),
    ("int2, uint2", ["int2", "uint2"]),
  ]

  /// A version's number, with the element types that it permits more or fewer than the version before it.
  private static func label(_ schema: OperatorSchema, after previous: OperatorSchema?) -> String {
    if schema.isDeprecated { return "(\(schema.sinceVersion) withdrawn)" }
    guard let previous, !previous.isDeprecated else { return "\(schema.sinceVersion)" }
    let (now, before) = (elements(of: schema), elements(of: previous))
    let changes = [("+", now.subtracting(before)), ("−", before.subtracting(now))].compactMap { sign, some in
      some.isEmpty ? nil : "\(sign) \(names(of: some).joined(separator: ", "))"
    }
    return "\(schema.sinceVersion)" + (changes.isEmpty ? "" : " (\(changes.joined(separator: "; ")))")
  }

  /// The types that a schema permits anywhere, in the standard's notation.
  private static func types(anywhereIn schema: OperatorSchema) -> Set<String> {
    (schema.inputs + schema.outputs).reduce(into: []) { $0.formUnion(schema.permittedTypes(of: $1)) }
  }

  /// The element types among them.
  private static func elements(of schema: OperatorSchema) -> Set<String> {
    types(anywhereIn: schema).reduce(into: []) { all, type in
      for part in type.split(whereSeparator: { "(), ".contains($0) })
      where ElementType(onnxName: part) != nil { all.insert(String(part)) }
    }
  }

  /// Element types in order, groups that are whole by one name.
  private static func names(of elements: Set<String>) -> [String] {
    groups.flatMap { name, members in
      let own = members.filter(elements.contains)
      return own == members ? [name] : own
    }
  }

  /// The element types of a schema, with what holds them other than tensors.
  private static func types(of schema: OperatorSchema) -> String {
    let all = types(anywhereIn: schema)
    let holders = [("seq(", "sequences"), ("optional(", "optionals"), ("map(", "maps")]
      .filter { holder in all.contains { $0.hasPrefix(holder.0) } }
      .map(\.1)
    return (names(of: elements(of: schema)) + holders.sorted()).joined(separator: ", ")
  }

  // MARK: What plans choose

  /// Whether a plan of a graph of one such node on float32 has a step that is not the plain definition.
  private static func isFast(_ name: String) -> Bool {
    if Kernel.find(name) != nil { return true }
    return attempts.contains { attempt in
      let node = Node(
        name, name: "it", inputs: ["x"] + attempt.more.indices.map { "i\($0)" }, outputs: ["y"],
        attributes: attempt.attributes)
      var graph = Graph(
        name: "g", nodes: [node], inputs: [Value("x", .tensor(.float32, Shape(attempt.shape)))],
        outputs: [Value("y", nil)])
      for (index, tensor) in attempt.more.enumerated() { graph.initializers["i\(index)"] = tensor }
      guard let input = try? Tensor(zeros: .float32, shape: attempt.shape) else { return false }
      let model = Model(graph: graph, opsetImports: ["": 21], irVersion: 10)
      let steps = try? Session(model: model).steps(for: ["x": .tensor(input)])
      return steps?.contains { $0.kernel != "reference" } ?? false
    }
  }

  private struct Attempt {
    var shape = [1, 8, 6, 6]
    var more: [Tensor] = []
    var attributes: OrderedDictionary<String, Attribute> = [:]
  }

  private static let attempts: [Attempt] = {
    func zeros(_ shape: [Int]) -> [Tensor] { (try? Tensor(zeros: .float32, shape: shape)).map { [$0] } ?? [] }
    func ints(_ values: [Int64]) -> [Tensor] { (try? longs(values)).map { [$0] } ?? [] }
    return [
      Attempt(), Attempt(attributes: ["axis": .int(1)]),
      Attempt(shape: [1, 8], attributes: ["axis": .int(1)]),
      Attempt(attributes: ["kernel_shape": .ints([3, 3])]), Attempt(more: zeros([1, 8, 6, 6])),
      Attempt(more: zeros([8, 8, 3, 3])), Attempt(shape: [4, 8], more: zeros([8, 8])),
      Attempt(more: zeros([8]) + zeros([8]) + zeros([8]) + zeros([8])), Attempt(more: ints([1, 288])),
      Attempt(more: ints([2, 3])), Attempt(more: ints([0])), Attempt(more: zeros([]) + zeros([])),
    ]
  }()
}
