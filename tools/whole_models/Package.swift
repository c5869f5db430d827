// swift-tools-version: 6.1
import PackageDescription

/// What tools/whole_models needs of our libraries beside the commands: a package of its own, so that it is built only
/// where somebody compares.
let package = Package(
  name: "whole-models",
  dependencies: [.package(name: "cbam", path: "../..")],
  targets: [
    .executableTarget(
      name: "infer-types",
      dependencies: ["Graph", "ONNX"].map { .product(name: $0, package: "cbam") },
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
