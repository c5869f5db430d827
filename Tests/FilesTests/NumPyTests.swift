import Files
import Graph
import Numerics
import OrderedCollections
import TestSupport
import Testing

@Suite struct NumPyTests {
  /// What Python saves and how a tensor of it is described: type, shape and the numbers in row-major order.
  private static let saved = """
    import sys
    import ml_dtypes
    import numpy as np
    folder = sys.argv[1]
    random = np.random.default_rng(3)
    types = "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
    shapes = [(), (0,), (1,), (5,), (2, 3), (3, 1, 4), (2, 0, 3), (2, 3, 4, 5)]
    def report(name, array, onnx):
        parts = array.reshape(-1)
        if array.dtype.kind == "c":
            parts = parts.view(parts.real.dtype)
        print(name, onnx, ",".join(map(str, array.shape)) or "-", ",".join(repr(float(x)) for x in parts) or "-")
    names = {"?": "bool", "f2": "float16", "f4": "float", "f8": "double", "c8": "complex64", "c16": "complex128"}
    names |= {f"{k}{n}": f"{w}{8 * n}" for k, w in [("i", "int"), ("u", "uint")] for n in [1, 2, 4, 8]}
    for type in types:
        for number, shape in enumerate(shapes):
            array = np.asarray(random.integers(0, 100, shape) / (1 if type[0] in "?iu" else 8)).astype(type)
            if type[0] == "c":
                array = np.asarray(array + array * 2j).astype(type)
            for order in "<>":
                for fortran in [False, True]:
                    for version in [(1, 0), (2, 0), (3, 0)]:
                        name = f"{names[type]}_{number}_{'le' if order == '<' else 'be'}_{'CF'[fortran]}_{version[0]}"
                        stored = np.asarray(array.astype(array.dtype.newbyteorder(order)),
                                            order="F" if fortran else "C")
                        with open(f"{folder}/{name}.npy", "wb") as file:
                            np.lib.format.write_array(file, stored, version=version)
                        report(name, array, names[type])
    for onnx, name in [("bfloat16", "bfloat16"), ("float8e4m3fn", "float8_e4m3fn"),
                       ("float8e4m3fnuz", "float8_e4m3fnuz"), ("float8e5m2", "float8_e5m2"),
                       ("float8e5m2fnuz", "float8_e5m2fnuz"), ("float8e8m0", "float8_e8m0fnu"),
                       ("float4e2m1", "float4_e2m1fn"), ("float6e2m3", "float6_e2m3fn"),
                       ("float6e3m2", "float6_e3m2fn"), ("int4", "int4"), ("uint4", "uint4"), ("int2", "int2"),
                       ("uint2", "uint2")]:
        low = 0 if onnx.startswith("u") else 1 if onnx == "float8e8m0" else -2
        array = random.integers(low, 2, (3, 5)).astype(getattr(ml_dtypes, name))
        for order in "CF":
            np.save(f"{folder}/{onnx}_{order}.npy", np.asarray(array, order=order))
            report(f"{onnx}_{order}", array.astype("f4"), onnx)
    """

  /// Real and imaginary parts in turn, or the numbers.
  private func numbers(_ tensor: Tensor) throws -> [Double] {
    tensor.elementType.isComplex
      ? try tensor.complexes().flatMap { [$0.real, $0.imaginary] } : try tensor.doubles()
  }

  @Test func everythingThatNumPySavesIsRead() throws {
    let folder = try ScratchFolder()
    let lines = try Peer.run(Self.saved, [folder.path]).split(separator: "\n")
    #expect(lines.count == 14 * 8 * 2 * 2 * 3 + 13 * 2)
    for line in lines {
      let fields = line.split(separator: " ")
      let type = try #require(ElementType(onnxName: fields[1]))
      let shape = fields[2] == "-" ? [] : fields[2].split(separator: ",").compactMap { Int($0) }
      let values = fields[3] == "-" ? [] : fields[3].split(separator: ",").compactMap { Double($0) }
      do {
        let array = try #require(try NumPyFile(path: folder.file("\(fields[0]).npy")).single)
        let tensor = try array.tensor(as: type)
        #expect(tensor.elementType == type && tensor.shape == shape, "\(fields[0])")
        #expect(try numbers(tensor) == values, "\(fields[0])")
      } catch {
        Issue.record("\(fields[0]): \(error)")
      }
    }
  }

  @Test func whatIsWrittenIsByteForByteNumPys() throws {
    let folder = try ScratchFolder()
    var generator = SeededGenerator(seed: 4)
    let shapes = [[], [0], [1], [7], [2, 3], [1, 2, 3, 4], [5, 0, 2], [123_456]]
    let types: [(ElementType, String)] = [
      (.bool, "?"), (.int8, "i1"), (.int16, "i2"), (.int32, "i4"), (.int64, "i8"), (.uint8, "u1"),
      (.uint16, "u2"),
      (.uint32, "u4"), (.uint64, "u8"), (.float16, "f2"), (.float32, "f4"), (.float64, "f8"),
      (.complex64, "c8"),
      (.complex128, "c16"),
    ]
    var plan: [String] = []
    for (type, name) in types {
      for (index, shape) in shapes.enumerated() {
        var tensor = try Tensor(zeros: type, shape: shape)
        tensor.withMutableBytes { bytes in
          for position in bytes.indices {
            bytes[position] = UInt8.random(in: 0...(type == .bool ? 1 : 255), using: &generator)
          }
        }
        try tensor.writeNumPy(path: folder.file("\(name)_\(index).npy"))
        try writeFile(folder.file("\(name)_\(index).raw"), tensor.withBytes { Array($0) })
        let tuple = shape.map { "\($0)," }.joined()
        plan.append("('\(name)_\(index)', '\(name)', (\(tuple)))")
      }
    }
    let different = try Peer.run(
      """
      import io, sys
      import numpy as np
      for name, type, shape in [\(plan.joined(separator: ","))]:
          ours = open(f"{sys.argv[1]}/{name}.npy", "rb").read()
          raw = open(f"{sys.argv[1]}/{name}.raw", "rb").read()
          array = np.frombuffer(raw, type).reshape(shape)
          theirs = io.BytesIO()
          np.save(theirs, array)
          if ours != theirs.getvalue():
              print(name, ours[:128], theirs.getvalue()[:128])
          assert np.load(io.BytesIO(ours)).tobytes() == raw
      """.replacing("'", with: "\""), [folder.path])
    #expect(different == "")
  }

  @Test func typesThatNumPyDoesNotKnowTravelAsBytes() throws {
    let folder = try ScratchFolder()
    let types: [(ElementType, String)] = [
      (.bfloat16, "bfloat16"), (.float8e4m3fn, "float8_e4m3fn"), (.float8e5m2, "float8_e5m2"),
      (.int4, "int4"),
      (.uint2, "uint2"), (.float4e2m1, "float4_e2m1fn"),
    ]
    for (type, name) in types {
      let values: [Double] = type == .uint2 ? [0, 1, 2, 3, 1] : [0, 1, -2, 0, -1]
      let tensor =
        type.isInteger
        ? try Tensor(integers: values.map { Int64($0) }, as: type, shape: [5])
        : try Tensor(doubles: values, as: type, shape: [5])
      let path = folder.file("\(type).npy")
      try tensor.writeNumPy(path: path)
      let seen = try Peer.run(
        """
        import sys; import ml_dtypes; import numpy as np
        print([float(x) for x in np.load(sys.argv[1]).view(ml_dtypes.\(name))], end="")
        """, [path])
      #expect(seen == "\(values)", "\(type)")
      let array = try #require(try NumPyFile(path: path).single)
      #expect(try array.tensor(as: type) == tensor)
      #expect(throws: NumPyError.self) { try array.tensor(as: .float32) }
      if type == .bfloat16 {
        #expect(try array.tensor() == tensor)
      } else {
        #expect(throws: NumPyError.ambiguousType(array: path, type: "|V1")) { try array.tensor() }
      }
    }
  }

  @Test func textTravelsBothWays() throws {
    let folder = try ScratchFolder()
    let texts = ["", "a", "日本語", "😀 b", "c\u{0}d"]
    try Tensor(strings: texts + [""], shape: [2, 3]).writeNumPy(path: folder.file("ours.npy"))
    let seen = try Peer.run(
      """
      import sys; import numpy as np
      ours = np.load(sys.argv[1] + "/ours.npy")
      print(ascii(ours.tolist()), ours.dtype)
      np.save(sys.argv[1] + "/U.npy", np.asfortranarray(ours))
      np.save(sys.argv[1] + "/Ube.npy", ours.astype(">U9"))
      np.save(sys.argv[1] + "/S.npy", np.array([b"x", b"y\\0z", "é".encode(), b""]))
      np.save(sys.argv[1] + "/bad.npy", np.array([b"x", b"\\xff"]))
      np.save(sys.argv[1] + "/empty.npy", np.array([], "U"))
      """, [folder.path])
    #expect(
      seen == "[['', 'a', '\\u65e5\\u672c\\u8a9e'], ['\\U0001f600 b', 'c\\x00d', '']] <U3\n")
    func read(_ name: String) throws -> Tensor {
      try #require(try NumPyFile(path: folder.file(name)).single).tensor()
    }
    for name in ["ours.npy", "U.npy", "Ube.npy"] {
      #expect(try read(name) == Tensor(strings: texts + [""], shape: [2, 3]), "\(name)")
    }
    #expect(try read("S.npy").strings() == ["x", "y\u{0}z", "é", ""])
    #expect(try read("empty.npy").shape == [0])
    #expect(throws: NumPyError.text(array: folder.file("bad.npy"), index: 1)) { try read("bad.npy") }
    #expect(throws: NumPyError.self) {
      try Tensor(strings: ["a\u{0}"], shape: [1]).writeNumPy(path: folder.file("x.npy"))
    }
  }
}
