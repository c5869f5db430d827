// swift-tools-version: 6.1
import PackageDescription

/// Swift targets are strict: language mode 6 checks data races, and members are visible only where imported.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let numerics = Target.Dependency.product(name: "Numerics", package: "swift-numerics")

let package = Package(
  name: "cbam",
  products: [
    .library(name: "Graph", targets: ["Graph"]),
    .library(name: "ONNX", targets: ["ONNX"]),
    .library(name: "Checkpoint", targets: ["Checkpoint"]),
    .library(name: "Export", targets: ["Export"]),
    .library(name: "Interpreter", targets: ["Interpreter"]),
    .library(name: "Vision", targets: ["Vision"]),
    .library(name: "Files", targets: ["Files"]),
    .executable(name: "cbam-export", targets: ["cbam-export"]),
    .executable(name: "cbam-run", targets: ["cbam-run"]),
    .executable(name: "cbam-verify", targets: ["cbam-verify"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
  ],
  targets: [
    // System libraries, one module map each.
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CMinizip", pkgConfig: "minizip", providers: [.apt(["libminizip-dev"])]),
    .systemLibrary(name: "CJSON", pkgConfig: "json-c", providers: [.apt(["libjson-c-dev"])]),
    .systemLibrary(name: "CArgp"),

    // C of our own: what protoc-c generated, and the micro-kernels.
    .target(
      name: "COnnxProto", exclude: ["proto"],
      linkerSettings: [.linkedLibrary("protobuf-c")]),
    .target(name: "CKernels"),
    .target(name: "CPNGShim", dependencies: ["CPNG"], linkerSettings: [.linkedLibrary("png16")]),

    // The house: data flows downwards.
    .target(name: "Graph", dependencies: [orderedCollections, numerics], swiftSettings: strict),
    .target(name: "Files", dependencies: ["Graph", "CMinizip", orderedCollections], swiftSettings: strict),
    .target(
      name: "ONNX", dependencies: ["Graph", "Files", "COnnxProto", orderedCollections], swiftSettings: strict),
    .target(
      name: "Checkpoint", dependencies: ["Graph", "Files", orderedCollections], swiftSettings: strict),
    .target(
      name: "Export", dependencies: ["Graph", "Checkpoint", "ONNX", orderedCollections], swiftSettings: strict
    ),
    .target(
      name: "Interpreter",
      dependencies: ["Graph", "ONNX", "CKernels", orderedCollections, numerics],
      swiftSettings: strict),
    .target(
      name: "Vision", dependencies: ["Graph", "Files", "CPNGShim", "CJPEG", orderedCollections],
      swiftSettings: strict),

    // Thin commands, and what they share.
    .target(
      name: "CommandSupport", dependencies: ["Graph", "Files", "CArgp", "CJSON"], swiftSettings: strict),
    .executableTarget(
      name: "cbam-export",
      dependencies: ["CommandSupport", "Graph", "Files", "ONNX", "Checkpoint", "Export"],
      swiftSettings: strict),
    .executableTarget(
      name: "cbam-run",
      dependencies: [
        "CommandSupport", "Graph", "Files", "ONNX", "Interpreter", "Vision",
        orderedCollections,
      ], swiftSettings: strict
    ),
    .executableTarget(
      name: "cbam-verify",
      dependencies: [
        "CommandSupport", "Graph", "Files", "ONNX", "Checkpoint", "Export", "Interpreter", "Vision",
        orderedCollections,
      ], swiftSettings: strict),

    // Tests, and what several of them use.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "GraphTests", dependencies: ["TestSupport", "Graph", orderedCollections], swiftSettings: strict),
    .testTarget(
      name: "FilesTests", dependencies: ["TestSupport", "Files", "Graph", orderedCollections, numerics],
      swiftSettings: strict),
    .testTarget(
      name: "ONNXTests",
      dependencies: ["TestSupport", "ONNX", "Files", "Graph", "COnnxProto", orderedCollections],
      swiftSettings: strict),
    .testTarget(
      name: "CheckpointTests",
      dependencies: ["TestSupport", "Checkpoint", "Files", "Graph", orderedCollections],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "ExportTests",
      dependencies: [
        "TestSupport", "Export", "Checkpoint", "ONNX", "Interpreter", "Files", "Graph", orderedCollections,
      ],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "KernelTests", dependencies: ["TestSupport", "CKernels", numerics], swiftSettings: strict),
    .testTarget(
      name: "InterpreterTests",
      dependencies: [
        "TestSupport", "CAllocationCounter", "Interpreter", "ONNX", "Files", "Graph", "CKernels",
        orderedCollections, numerics,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "VisionTests", dependencies: ["TestSupport", "Vision", "Files", "Graph", "CJPEG"],
      exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "TestSupport", "CommandSupport", "Graph", "Files", "ONNX", "Checkpoint", "Export", "Interpreter",
        "Vision",
        "cbam-export", "cbam-run", "cbam-verify", orderedCollections,
      ], exclude: ["Golden"], swiftSettings: strict),
  ]
)
