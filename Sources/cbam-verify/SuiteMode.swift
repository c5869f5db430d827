import CommandSupport

import Files
import FoundationEssentials
import Glibc
import Interpreter

/// `--suite`: runs backend test folders and counts.
struct SuiteMode {
  let folders: [String]
  let usesKernels: Bool

  private struct Report: Encodable {
    struct Failure: Encodable {
      let test: String
      let reason: String
    }
    struct Count: Encodable {
      var passed = 0
      var failed = 0
    }
    var passed = 0
    var failed = 0
    var operators: [String: Count] = [:]
    var failures: [Failure] = []
  }

  func run(asJSON: Bool) throws {
    var cases: [BackendSuite.Case] = []
    for folder in folders { cases += try Self.cases(in: folder) }
    var options = SessionOptions()
    options.usesKernels = usesKernels
    registerImageDecoder()
    let runner = BackendSuite(options: options)
    var report = Report()
    for test in cases {
      let outcome = runner.run(test)
      for name in outcome.operators {
        if outcome.failure == nil {
          report.operators[name, default: .init()].passed += 1
        } else {
          report.operators[name, default: .init()].failed += 1
        }
      }
      if let failure = outcome.failure {
        report.failed += 1
        report.failures.append(.init(test: test.name, reason: failure))
      } else {
        report.passed += 1
      }
    }
    try show(report, asJSON: asJSON)
    if report.failed > 0 { throw Unsuccessful() }
  }

  private func show(_ report: Report, asJSON: Bool) throws {
    let results = ResultStream()
    if asJSON { return try results.json(report) }
    let width = report.operators.keys.map(\.count).max() ?? 0
    for (name, count) in report.operators.sorted(by: { $0.key < $1.key }) {
      let padding = String(repeating: " ", count: width - name.count + 2)
      let mark = count.failed == 0 ? "" : ", \(count.failed) failed"
      try results.line("\(name)\(padding)\(count.passed) passed\(mark)")
    }
    for failure in report.failures {
      try results.line("FAILED \(failure.test): \(Diagnostics.printable(failure.reason))")
    }
    try results.line("\(report.passed) passed, \(report.failed) failed")
  }

  /// The tests in `folder`: itself, or all below it.
  private static func cases(in folder: String) throws -> [BackendSuite.Case] {
    if access("\(folder)/model.onnx", F_OK) == 0 { return [try test(in: folder)] }
    let names = try listing(folder)
    let tests = try names.flatMap { name -> [BackendSuite.Case] in
      let path = "\(folder)/\(name)"
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [] }
      return access("\(path)/model.onnx", F_OK) == 0 ? [try test(in: path)] : try nested(path)
    }
    if tests.isEmpty {
      throw SuiteError(folder: folder, reason: "holds no test: no folder with model.onnx in it")
    }
    return tests
  }

  /// One level more: kinds of tests (node, simple) hold tests.
  private static func nested(_ folder: String) throws -> [BackendSuite.Case] {
    try listing(folder).filter { access("\(folder)/\($0)/model.onnx", F_OK) == 0 }.map {
      try test(in: "\(folder)/\($0)")
    }
  }

  private struct Settings: Decodable {
    var rtol: Double?
    var atol: Double?
  }

  private static func test(in folder: String) throws -> BackendSuite.Case {
    let sets = try listing(folder).filter { $0.hasPrefix("test_data_set_") }.map { name in
      BackendSuite.DataSet(
        inputs: numbered("\(folder)/\(name)/input"), outputs: numbered("\(folder)/\(name)/output"))
    }
    var tolerance = BackendSuite.Tolerance()
    let path = "\(folder)/data.json"
    if access(path, F_OK) == 0 {
      let bytes = try MappedFile(path: path).withBytes { Data($0) }
      guard let settings = try? JSONDecoder().decode(Settings.self, from: bytes) else {
        throw SuiteError(folder: folder, reason: "data.json can't be read as tolerances (rtol, atol)")
      }
      tolerance.relative = settings.rtol ?? tolerance.relative
      tolerance.absolute = settings.atol ?? tolerance.absolute
    }
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    return BackendSuite.Case(name: name, folder: folder, dataSets: sets, tolerance: tolerance)
  }

  /// `stem`_0.pb, `stem`_1.pb, … as far as they go.
  private static func numbered(_ stem: String) -> [String] {
    var paths: [String] = []
    while access("\(stem)_\(paths.count).pb", F_OK) == 0 { paths.append("\(stem)_\(paths.count).pb") }
    return paths
  }

  private static func listing(_ path: String) throws -> [String] {
    guard let folder = opendir(path) else {
      throw SuiteError(folder: path, reason: "can't be opened: \(String(cString: strerror(errno)))")
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}

struct SuiteError: Error, CustomStringConvertible {
  let folder: String
  let reason: String
  var description: String { "\(folder): \(reason)" }
}
