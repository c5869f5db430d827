import Graph
import TestSupport
import Testing
import Vision

@Suite struct PreparingTests {
  private static let cases: [Preprocessing] = [
    Preprocessing(mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201]),
    Preprocessing(color: .bgr, scale: .factor(1), mean: [103.939, 116.779, 123.68], layout: .nhwc),
    Preprocessing(color: .gray, mean: [0.1307], std: [0.3081]),
    Preprocessing(
      size: .init(height: 20, width: 24), resize: .centerCrop(shorter: 29), mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225]),
    Preprocessing(size: .init(height: 70, width: 90), scale: .factor(0.003921569), layout: .nhwc),
  ]

  /// The same steps in NumPy's single precision, on Pillow's own resizing and conversion.
  @Test(arguments: cases)
  func valuesAreTorchvisions(preprocessing: Preprocessing) throws {
    let folder = try ScratchFolder()
    for (width, height) in [(40, 31), (31, 40), (64, 64)] {
      let picture = try Picture.noise(width: width, height: height, seed: 1)
      try writeFile(folder.file("in.rgb"), picture.pixels)
      let size = preprocessing.size.map { "(\($0.width), \($0.height))" } ?? "None"
      let shorter: String =
        if case .centerCrop(let side) = preprocessing.resize { "\(side)" } else { "None" }
      let scale: String =
        switch preprocessing.scale {
        case .division(let divisor): "x / f(\(divisor))"
        case .factor(let factor): "x * f(\(factor))"
        }
      try Peer.run(
        """
        import sys
        import numpy as np
        from PIL import Image
        f = np.float32
        folder = sys.argv[1]
        image = Image.frombytes("RGB", (\(width), \(height)), open(folder + "/in.rgb", "rb").read())
        size, shorter = \(size), \(shorter)
        if shorter:
            w, h = image.size
            scaled = (shorter, int(shorter * h / w)) if w < h else (int(shorter * w / h), shorter)
            image = image.resize(scaled, Image.BILINEAR)
            left = int(round((scaled[0] - size[0]) / 2.0)); top = int(round((scaled[1] - size[1]) / 2.0))
            image = image.crop((left, top, left + size[0], top + size[1]))
        elif size:
            image = image.resize(size, Image.BILINEAR)
        color = "\(preprocessing.color.rawValue)"
        x = np.asarray(image.convert("L" if color == "GRAY" else "RGB")).reshape(image.height, image.width, -1)
        if color == "BGR":
            x = x[..., ::-1]
        x = x.astype(f)
        x = (\(scale) - np.array(\(preprocessing.mean), f)) / np.array(\(preprocessing.std), f)
        if "\(preprocessing.layout.rawValue)" == "NCHW":
            x = x.transpose(2, 0, 1)
        assert x.dtype == f
        open(folder + "/out.f32", "wb").write(np.ascontiguousarray(x).tobytes())
        """, [folder.path])
      let tensor = try preprocessing.tensor(from: picture)
      let expected = try readFile(folder.file("out.f32"))
      let isEqual = tensor.withBytes { $0.elementsEqual(expected) }
      #expect(isEqual, "\(preprocessing) on noise(\(width), \(height), seed: 1)")
    }
  }

  @Test func shapesFollowLayoutAndSize() throws {
    let picture = try Picture(width: 6, height: 4, color: .white)
    #expect(try Preprocessing().tensor(from: picture).shape == [1, 3, 4, 6])
    let size = Preprocessing.Size(height: 2, width: 5)
    #expect(try Preprocessing(layout: .nhwc).tensor(from: picture, size: size).shape == [1, 2, 5, 3])
    // The model's own size wins over the one that a caller would fall back on.
    #expect(
      try Preprocessing(size: .init(height: 3, width: 3), color: .gray).tensor(from: picture, size: size)
        .shape
        == [1, 1, 3, 3])
    let other = try Picture(width: 5, height: 4, color: .black)
    let batch = try Preprocessing(size: size).tensor(from: [picture, other, picture])
    #expect(batch.shape == [3, 3, 2, 5])
    let values = try batch.elements(of: Float.self)
    #expect(values[..<30].allSatisfy { $0 == 1 } && values[30..<60].allSatisfy { $0 == 0 })
    #expect(throws: PictureError.self) { try Preprocessing().tensor(from: [picture, other]) }
    #expect(throws: PictureError.self) { try Preprocessing().tensor(from: [Picture]()) }
    #expect(throws: PictureError.self) {
      try Preprocessing(size: .init(height: 9, width: 9), resize: .centerCrop(shorter: 8)).tensor(
        from: picture)
    }
  }
}
