import Glibc

/// The Python beside which we are tested: onnx, onnxruntime, numpy and Pillow.
public enum Peer {
  /// The interpreter: `CBAM_PYTHON`, or `.venv/bin/python` at the package's root.
  ///
  /// - Throws: `TestSupportError` where neither can be run: tests fail then, they are not skipped.
  public static func python() throws -> String {
    let candidate = getenv("CBAM_PYTHON").map { String(cString: $0) } ?? packageRoot + "/.venv/bin/python"
    guard access(candidate, X_OK) == 0 else {
      throw TestSupportError(
        "no Python at \(candidate): set CBAM_PYTHON to one that has onnx, onnxruntime, numpy and pillow")
    }
    return candidate
  }

  /// The package's root folder.
  public static var packageRoot: String {
    // …/Tests/TestSupport/Peer.swift
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  }

  /// Runs a Python script to its end and gives its standard output.
  ///
  /// - Throws: `TestSupportError` with Python's complaint where it fails.
  @discardableResult
  public static func run(_ script: String, _ arguments: [String] = []) throws -> String {
    let finished = try TestSupport.run(try python(), ["-c", script] + arguments)
    guard finished.status == 0 else {
      throw TestSupportError("Python ended with \(finished.status): \(finished.errors.suffix(2000))")
    }
    return finished.text
  }
}
