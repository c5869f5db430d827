import Graph
import OrderedCollections
import Testing

@Suite struct PreprocessingTests {
  @Test func whatIsWrittenReadsBack() throws {
    let cases = [
      Preprocessing(),
      Preprocessing(
        size: .init(height: 32, width: 48), mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201]),
      Preprocessing(
        resize: .centerCrop(shorter: 256), color: .bgr, scale: .factor(1), mean: [103.94, 116.78, 123.68],
        layout: .nhwc),
      Preprocessing(color: .gray, scale: .factor(1e-5), mean: [0.1307], std: [0.3081]),
    ]
    for preprocessing in cases {
      var metadata: OrderedDictionary<String, String> = ["resize": "old", "layout": "old", "other": "kept"]
      preprocessing.write(to: &metadata)
      #expect(metadata["other"] == "kept")
      #expect(try Preprocessing(metadata: metadata) == preprocessing, "\(metadata)")
    }
  }

  @Test func theTextIsWhatPeopleWrite() {
    var metadata: OrderedDictionary<String, String> = [:]
    Preprocessing(
      size: .init(height: 32, width: 48), mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201]
    ).write(to: &metadata)
    #expect(
      metadata == [
        "input_size": "32x48", "color": "RGB", "scale": "1/255", "mean": "0.4914,0.4822,0.4465",
        "std": "0.2023,0.1994,0.201",
      ])
    #expect(Preprocessing.statedKeys(in: metadata) == [.size, .color, .scale, .mean, .std])
    #expect(Preprocessing.statedKeys(in: ["author": "x"]).isEmpty)
  }

  @Test(arguments: [
    ("input_size", "32"), ("input_size", "0x32"), ("input_size", "-1x32"), ("input_size", "32x"),
    ("input_size", "32x32x3"), ("input_size", "99999x1"), ("color", "rgb"), ("scale", "0"), ("scale", "1/0"),
    ("scale", "nan"), ("mean", "0.5,0.5"), ("mean", "0.5,0.5,0.5,0.5"), ("mean", "a,b,c"),
    ("mean", "0,inf,0"),
    ("std", "1,0,1"), ("std", "1,1,-1"), ("resize", "crop"), ("resize", "shorter:0"), ("layout", "HWC"),
  ])
  func aBadValueIsNamed(key: String, value: String) {
    do {
      let preprocessing = try Preprocessing(metadata: [key: value])
      Issue.record("\(key)=\(value) was read as \(preprocessing)")
    } catch {
      #expect(error.description.contains("'\(key)'"))
      #expect(error.description.contains("'\(value)'"))
    }
  }

  @Test func labelsInJSONAndInLines() throws {
    #expect(try ClassLabels(parsing: " [\"a\", \"b c\" ]\n").names == ["a", "b c"])
    #expect(try ClassLabels(parsing: "a\r\n b c \n\nd\n\n").names == ["a", "b c", "", "d"])
    #expect(
      try ClassLabels(parsing: #"["\u00e9\ud83d\ude00\n\"\\\/"]"#).names == ["é😀\n\"\\/"])
    let awkward = ClassLabels(names: ["\"quoted\"", "line\nbreak", "\u{1}", "日本", "back\\slash", ""])
    #expect(try ClassLabels(parsing: awkward.json) == awkward)
    #expect(try ClassLabels(metadata: [:]) == nil)
  }

  @Test(arguments: [
    "", "  \n", "[]", "[1]", "[\"a\",]", "[\"a\"", "[\"a\"] x", "{\"0\": \"a\"}", #"["\ud800"]"#,
    #"["\u+123"]"#,
    "[\"a\nb\"]", #"["\x"]"#,
  ])
  func badLabelsAreRefused(text: String) {
    #expect(throws: MetadataError.self) { try ClassLabels(parsing: text) }
  }
}
