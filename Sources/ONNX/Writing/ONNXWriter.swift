import COnnxProto
import Files
import Graph
import OrderedCollections

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
  /// - Returns: bytes written, external data included.
  /// - Throws: `ONNXError` where the file can't be written or the model is too large for the policy.
  @discardableResult
  public func write(_ model: Model, path: String) throws(ONNXError) -> Int {
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
    if let layout, layout.byteCount > 0 { dataFile = try data(layout, model.graph, path: path + ".data") }
    let file = try pack(&message.pointee.base, of: writer.arena, path: path)
    do {
      // The model is what makes the data visible, so it comes last.
      try dataFile?.commit()
      try file.commit()
    } catch { throw .file(error) }
    return file.count + (dataFile?.count ?? 0)
  }

  /// Writes a value as a test folder holds it (`input_0.pb`), whole or not at all.
  ///
  /// - Throws: `ONNXError` where the file can't be written.
  public func write(_ value: RuntimeValue, name: String, path: String) throws(ONNXError) {
    let writer = ProtoWriter(external: nil)
    let message = try writer.message(value, name: name)
    let file = try pack(message, of: writer.arena, path: path)
    do { try file.commit() } catch { throw .file(error) }
  }

  private static func dataName(_ path: String) -> String {
    (path.split(separator: "/").last.map(String.init) ?? path) + ".data"
  }

  private func data(_ layout: ExternalDataLayout, _ graph: Graph, path: String) throws(ONNXError)
    -> AtomicFile
  {
    do throws(FileError) {
      let file = try AtomicFile(path: path, byteCount: layout.byteCount)
      for (name, place) in layout.order {
        try file.write(Array(repeating: 0, count: place.lowerBound - file.count))
        if let tensor = graph.initializers[name] { try file.write(tensor) }
      }
      return file
    } catch { throw .file(error) }
  }

  /// Streams the packed message, which lies in `arena`, into a file that is yet to be committed.
  private func pack(
    _ message: UnsafeMutablePointer<ProtobufCMessage>, of arena: ProtoArena, path: String
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

  init(_ file: AtomicFile, _ arena: ProtoArena) {
    self.file = file
    self.arena = arena
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard error == nil else { return }
    do throws(FileError) {
      if let tensor = arena.deferred(at: bytes.baseAddress) {
        try file.write(tensor)
      } else {
        try file.write(bytes, of: arena.tensor(at: bytes.baseAddress))
      }
    } catch { self.error = error }
  }
}

extension AtomicFile {
  /// Appends the tensor's stored bytes.
  fileprivate func write(_ tensor: Tensor) throws(FileError) {
    if tensor.isDeferred {
      try write(count: tensor.byteCount, unit: (tensor.elementType.bitWidth ?? 8) / 8) {
        tensor.copyBytes($0, to: $1)
      }
    } else {
      try tensor.withBytes { bytes throws(FileError) in try write(bytes, of: tensor) }
    }
  }

  /// Appends `bytes`, which are a tensor's or nobody's. What is written of a mapped checkpoint need not stay in memory.
  fileprivate func write(_ bytes: UnsafeRawBufferPointer, of tensor: Tensor?) throws(FileError) {
    guard let tensor else { return try write(bytes) }
    let step = 1 << 19
    for start in stride(from: 0, to: bytes.count, by: step) {
      let range = start..<min(bytes.count, start + step)
      try write(UnsafeRawBufferPointer(rebasing: bytes[range]))
      tensor.giveUpMemory(of: range)
    }
  }
}
