// swift-tools-version: 6.1
import PackageDescription

/// Harnesses for libFuzzer, one a reader, which `make fuzz` builds and runs.
///
/// They are a package of their own because coverage needs every module built for it, which
/// `swift build --sanitize fuzzer` does for the root package and all that it depends on.
func harness(_ name: String, _ modules: [String]) -> Target {
  .executableTarget(
    name: name, dependencies: modules.map { .product(name: $0, package: "cbam") },
    // libFuzzer brings `main`.
    swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "cbam", path: "..")],
  targets: [
    harness("fuzz-checkpoint", ["Checkpoint", "Files"]),
    harness("fuzz-numpy", ["Files"]),
    harness("fuzz-onnx", ["Files", "Graph", "ONNX"]),
    harness("fuzz-picture", ["Vision"]),
    harness("fuzz-zip", ["Files"]),
  ]
)
