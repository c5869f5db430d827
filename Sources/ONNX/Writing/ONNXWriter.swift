import COnnxProto
import Files
import Graph
import OrderedCollections

/// What was written.
public struct WrittenModel: Sendable, Equatable {
  /// Bytes of all files, external data included.
  public let byteCount: Int
  /// The initializers that hold a NaN or an infinity, in the model's order.
  public let notFinite: [String]
}

/// Writes models as ONNX files. The same model gives the same bytes.
public struct ONNXWriter: Sendable {
  /// When tensors go into a file beside the model, `<model>.data`.
  public var externalData: ExternalDataPolicy

  /// A writer with this policy.
  public init(externalData: ExternalDataPolicy = .auto) { self.externalData = externalData }

  /// The largest message that protobuf's readers accept.
  private static let largestMessage = Int(Int32.max)

  /// Writes `model` to `path`, whole or not at all.
  ///
  /// Tensor bytes go from where they lie (a mapped checkpoint, say) to the file without a copy in between.
  ///
  /// - Throws: `ONNXError` where the file can't be written or the model is too large for the policy.
  @discardableResult
  public func write(_ model: Model, path: String) throws(ONNXError) -> WrittenModel {
    var layout: ExternalDataLayout?
    switch externalData {
    case .always: layout = ExternalDataLayout(graph: model.graph, location: Self.dataName(path))
    case .never, .auto: break
    }
    var writer = ProtoWriter(external: layout)
    var message = try writer.model(model)
    if protobuf_c_message_get_packed_size(&message.pointee.base) > Self.largestMessage, layout == nil {
      guard externalData == .auto else {
        throw .unwritable("the model is larger than 2 GiB, which one file can't hold: allow external data")
      }
      layout = ExternalDataLayout(graph: model.graph, location: Self.dataName(path))
      writer = ProtoWriter(external: layout)
      message = try writer.model(model)
    }
    var dataFile: AtomicFile?
    var notFinite: Set<String> = []
    if let layout, layout.byteCount > 0 {
      dataFile = try data(layout, model.graph, path: path + ".data", notFinite: &notFinite)
    }
    let file = try pack(&message.pointee.base, of: writer.arena, path: path, notFinite: &notFinite)
    do {
      // The model is what makes the data visible, so it comes last.
      try dataFile?.commit()
      try file.commit()
    } catch { throw .file(error) }
    return WrittenModel(
      byteCount: file.count + (dataFile?.count ?? 0),
      notFinite: notFinite.isEmpty ? [] : model.graph.initializers.keys.filter(notFinite.contains))
  }

  /// Writes a value as a test folder holds it (`input_0.pb`), whole or not at all.
  ///
  /// - Throws: `ONNXError` where the file can't be written.
  public func write(_ value: RuntimeValue, name: String, path: String) throws(ONNXError) {
    let writer = ProtoWriter(external: nil)
    let message = try writer.message(value, name: name)
    var notFinite: Set<String> = []
    let file = try pack(message, of: writer.arena, path: path, notFinite: &notFinite)
    do { try file.commit() } catch { throw .file(error) }
  }

  private static func dataName(_ path: String) -> String {
    (path.split(separator: "/").last.map(String.init) ?? path) + ".data"
  }

  private func data(
    _ layout: ExternalDataLayout, _ graph: Graph, path: String, notFinite: inout Set<String>
  ) throws(ONNXError) -> AtomicFile {
    do throws(FileError) {
      let file = try AtomicFile(path: path, byteCount: layout.byteCount)
      for (name, place) in layout.order {
        try file.write(Array(repeating: 0, count: place.lowerBound - file.count))
        if let tensor = graph.initializers[name], try !file.write(tensor) { notFinite.insert(name) }
      }
      return file
    } catch { throw .file(error) }
  }

  /// Streams the packed message, which lies in `arena`, into a file that is yet to be committed, and adds to `notFinite`
  /// the names of tensors with a NaN or an infinity.
  private func pack(
    _ message: UnsafeMutablePointer<ProtobufCMessage>, of arena: ProtoArena, path: String,
    notFinite: inout Set<String>
  ) throws(ONNXError) -> AtomicFile {
    let file: AtomicFile
    do {
      file = try AtomicFile(path: path, byteCount: protobuf_c_message_get_packed_size(message))
    } catch { throw .file(error) }
    let sink = Sink(file, arena)
    var buffer = StreamBuffer(
      base: ProtobufCBuffer(append: { base, count, bytes in
        guard let base else { return }
        let buffer = UnsafeMutableRawPointer(base).assumingMemoryBound(to: StreamBuffer.self)
        buffer.pointee.sink.takeUnretainedValue().append(UnsafeRawBufferPointer(start: bytes, count: count))
      }), sink: .passUnretained(sink))
    withUnsafeMutablePointer(to: &buffer) { pointer in
      _ = protobuf_c_message_pack_to_buffer(
        message, UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: ProtobufCBuffer.self))
    }
    if let error = sink.error { throw .file(error) }
    notFinite.formUnion(sink.notFinite)
    return file
  }
}

/// protobuf-c's buffer with our file behind it: the C library sees the first member only.
private struct StreamBuffer {
  var base: ProtobufCBuffer
  let sink: Unmanaged<Sink>
}

private final class Sink {
  private let file: AtomicFile
  private let arena: ProtoArena
  private(set) var error: FileError?
  /// Names of the tensors so far that have a NaN or an infinity.
  private(set) var notFinite: Set<String> = []

  init(_ file: AtomicFile, _ arena: ProtoArena) {
    self.file = file
    self.arena = arena
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard error == nil else { return }
    do throws(FileError) {
      guard let source = arena.source(of: bytes) else { return try file.write(bytes) }
      if try !file.write(source.tensor) { notFinite.formUnion(source.names) }
    } catch { self.error = error }
  }
}

extension AtomicFile {
  /// Appends the tensor's stored bytes, piece by piece, each looked at while it is in the cache. What is written of a
  /// mapped checkpoint need not stay in memory.
  ///
  /// - Returns: whether all that was written are finite numbers.
  fileprivate func write(_ tensor: Tensor) throws(FileError) -> Bool {
    let type = tensor.elementType
    var isFinite = true
    if tensor.isDeferred {
      try write(count: tensor.byteCount, unit: (type.bitWidth ?? 8) / 8) { range, target in
        tensor.copyBytes(range, to: target)
        if type.hasNonFinite(UnsafeRawBufferPointer(start: target, count: range.count)) { isFinite = false }
      }
      return isFinite
    }
    try tensor.withBytes { bytes throws(FileError) in
      for start in stride(from: 0, to: bytes.count, by: pieceSize) {
        let range = start..<min(bytes.count, start + pieceSize)
        let piece = UnsafeRawBufferPointer(rebasing: bytes[range])
        if type.hasNonFinite(piece) { isFinite = false }
        try write(piece)
        tensor.giveUpMemory(of: range)
      }
    }
    return isFinite
  }
}
