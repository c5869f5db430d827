import Graph
import OrderedCollections
import Testing
import Vision

@Suite struct PictureInputTests {
  private func model(
    _ type: ValueType?, _ metadata: OrderedDictionary<String, String> = [:], inputs: Int = 1
  ) -> Model {
    let values = (0..<inputs).map { Value("x\($0)", type) }
    return Model(
      graph: Graph(name: "g", inputs: values), opsetImports: ["": 17], irVersion: 8, metadata: metadata)
  }

  private func shaped(_ dimensions: Dimension..., as type: ElementType = .float32) -> ValueType {
    .tensor(type, Shape(dimensions))
  }

  @Test func whatMetadataDoNotSayFollowsFromTheType() throws {
    let fixed = try PictureInput(model: model(shaped(.named("n"), 3, 20, 30)))
    #expect(fixed.name == "x0" && fixed.batch == nil && !fixed.isDescribed)
    #expect(fixed.preprocessing == Preprocessing(size: .init(height: 20, width: 30)))
    let last = try PictureInput(model: model(shaped(4, 20, 30, 3)))
    #expect(last.preprocessing.layout == .nhwc && last.batch == 4)
    #expect(last.preprocessing.size == .init(height: 20, width: 30))
    let grey = try PictureInput(model: model(shaped(1, 1, 28, 28)))
    #expect(grey.preprocessing.color == .gray && grey.preprocessing.mean == [0])
    let bytes = try PictureInput(model: model(shaped(1, 3, .unknown, .unknown, as: .uint8)))
    #expect(bytes.preprocessing.scale == .factor(1) && bytes.isDescribed && bytes.preprocessing.size == nil)
    #expect(try PictureInput(model: model(.tensor(.float32, nil))).preprocessing == Preprocessing())
  }

  @Test func metadataAndCallersSayMore() throws {
    let type = shaped(.unknown, 3, .unknown, .unknown)
    let described = try PictureInput(
      model: model(type, ["mean": "0.5,0.5,0.5", "input_size": "32x32", "color": "BGR"]))
    #expect(described.isDescribed && described.preprocessing.mean == [0.5, 0.5, 0.5])
    #expect(described.preprocessing.color == .bgr && described.preprocessing.size?.height == 32)
    let adjusted = try PictureInput(model: model(type, ["input_size": "32x32"])) {
      $0.size = .init(height: 8, width: 9)
      $0.scale = .factor(1)
    }
    #expect(!adjusted.isDescribed && adjusted.preprocessing.scale == .factor(1))
    #expect(adjusted.preprocessing.size == .init(height: 8, width: 9))
    let gray = try PictureInput(model: model(shaped(1, 1, 28, 28), ["mean": "0.1307", "std": "0.3081"]))
    #expect(gray.preprocessing.color == .gray && gray.preprocessing.std == [0.3081])
  }

  @Test func modelsThatTakeNoPicturesAreRefused() throws {
    let cases: [(Model, String)] = [
      (model(shaped(1, 3, 8, 8), inputs: 2), "the model takes 2 inputs ('x0', 'x1')"),
      (model(shaped(1, 3, 8, 8), inputs: 0), "the model takes 0 inputs"),
      (model(nil), "takes no pictures"),
      (model(shaped(1, 3, 8, 8, as: .int64)), "has elements of type int64"),
      (model(shaped(1, 10)), "is float [1, 10]; pictures have four dimensions"),
      (model(shaped(1, 4, 8, 8)), "has 4 channels, RGB pictures have 3"),
      (model(shaped(1, 1, 8, 8), ["color": "RGB"]), "has 1 channels"),
      (model(shaped(1, 1, 8, 8), ["mean": "1,2,3"]), "has one channel, but mean and std have 3 numbers"),
      (model(shaped(1, 3, 8, 8), ["input_size": "9x8"]), "which a size of 9x8 doesn't fit"),
      (model(shaped(1, 3, 8, .unknown)), "fixes only one side (8)"),
      (model(shaped(1, 3, 0, 8)), "which is no size of pictures"),
      (model(shaped(1, 3, 8, 8, as: .uint8), ["mean": "1,2,3"]), "takes bytes"),
      (model(shaped(1, 3, 8, 8), ["mean": "x"]), "the model's property 'mean' is 'x'"),
    ]
    for (model, expected) in cases {
      do {
        let input = try PictureInput(model: model)
        Issue.record("\(expected): taken as \(input.preprocessing)")
      } catch {
        #expect("\(error)".contains(expected), "\(error)")
      }
    }
  }

  @Test func tensorsAreOfTheInputsType() throws {
    let picture = try Picture(width: 2, height: 1, pixels: [0, 128, 255, 3, 2, 1])
    for type in [ElementType.float32, .float16, .bfloat16, .float64] {
      let tensor = try PictureInput(model: model(shaped(1, 3, 1, 2, as: type))).tensor(from: [picture])
      #expect(tensor.elementType == type && tensor.shape == [1, 3, 1, 2])
      let close = zip(try tensor.doubles(), [0, 3, 128, 2, 255, 1].map { $0 / 255.0 }).map { abs($0 - $1) }
      #expect((close.max() ?? 1) < 0.002, "\(type)")
    }
    let bytes = try PictureInput(model: model(shaped(1, .named("h"), .named("w"), 3, as: .uint8)))
      .tensor(from: [picture])
    #expect(try bytes.elements(of: UInt8.self) == [0, 128, 255, 3, 2, 1])
  }
}
