/// Reads JPEG 2000 files and codestreams (ITU-T T.800) through OpenJPEG 2 (openjpeg.h).
struct JPEG2000Decoder {
  private let file: CheckedBytes

  init(bytes: UnsafeRawBufferPointer) { file = CheckedBytes(bytes: bytes, format: .jpeg2000) }

  /// Where OpenJPEG stands in the file.
  private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    var position = 0
  }

  private static let library = SystemLibrary("libopenjp2.so.7")

  func decode(_ options: DecodingOptions) throws(PictureError) -> Picture {
    guard let library = Self.library, let functions = Functions(library) else {
      throw file.unsupported("no OpenJPEG (libopenjp2.so.7) installed")
    }
    let cursor = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
    cursor.initialize(to: Cursor(bytes: file.bytes))
    defer { cursor.deallocate() }
    guard let stream = functions.makeStream(1 << 16, 1) else { throw file.damaged("OpenJPEG can't start") }
    defer { functions.destroyStream(stream) }
    functions.setRead(stream) { target, count, user in
      guard let cursor = user?.assumingMemoryBound(to: Cursor.self), let target else { return -1 }
      let length = min(count, cursor.pointee.bytes.count - cursor.pointee.position)
      // All bits set, (size_t)-1, says that the file is over.
      guard length > 0, let base = cursor.pointee.bytes.baseAddress else { return -1 }
      target.copyMemory(from: base + cursor.pointee.position, byteCount: length)
      cursor.pointee.position += length
      return length
    }
    functions.setSkip(stream) { count, user in
      guard let cursor = user?.assumingMemoryBound(to: Cursor.self) else { return -1 }
      let target = min(max(0, cursor.pointee.position + Int(count)), cursor.pointee.bytes.count)
      defer { cursor.pointee.position = target }
      return Int64(target - cursor.pointee.position)
    }
    functions.setSeek(stream) { position, user in
      guard let cursor = user?.assumingMemoryBound(to: Cursor.self), position >= 0,
        position <= cursor.pointee.bytes.count
      else { return 0 }
      cursor.pointee.position = Int(position)
      return 1
    }
    functions.setUser(stream, cursor, nil)
    functions.setLength(stream, UInt64(file.count))

    // OPJ_CODEC_J2K and OPJ_CODEC_JP2.
    guard let codec = functions.makeCodec(file.bytes.first == 0xFF ? 0 : 2) else {
      throw file.damaged("OpenJPEG can't start")
    }
    defer { functions.destroyCodec(codec) }
    // opj_dparameters_t has two paths of 4,096 bytes and some numbers; only the library looks inside.
    let parameters = UnsafeMutableRawPointer.allocate(byteCount: 1 << 14, alignment: 16)
    parameters.initializeMemory(as: UInt8.self, repeating: 0, count: 1 << 14)
    defer { parameters.deallocate() }
    functions.setDefaults(parameters)
    var image: UnsafeMutableRawPointer?
    guard functions.setup(codec, parameters) != 0, functions.readHeader(stream, codec, &image) != 0, let image
    else { throw file.damaged("its header can't be read") }
    defer { functions.destroyImage(image) }
    let bounds = (0..<4).map { Int(image.load(fromByteOffset: 4 * $0, as: UInt32.self)) }
    try options.check(width: bounds[2] - bounds[0], height: bounds[3] - bounds[1])
    guard functions.decode(codec, stream, image) != 0 else { throw file.damaged("its pixels can't be read") }
    return try picture(image)
  }

  /// Reads `opj_image_t`: extents, number of components, colour space, components.
  private func picture(_ image: UnsafeMutableRawPointer) throws(PictureError) -> Picture {
    let count = Int(image.load(fromByteOffset: 16, as: UInt32.self))
    let space = image.load(fromByteOffset: 20, as: Int32.self)
    guard count >= 1, count <= 4, space <= 2 else {
      throw file.unsupported("\(count) components in colour space \(space)")
    }
    guard let base = image.load(fromByteOffset: 24, as: UnsafeMutableRawPointer?.self) else {
      throw file.damaged("no components")
    }
    // opj_image_comp_t: dx, dy, w, h, x0, y0, prec, bpp, sgnd, resno_decoded, factor, data, alpha.
    let stride = 64
    func field(_ component: Int, _ index: Int) -> Int {
      Int(base.load(fromByteOffset: component * stride + 4 * index, as: UInt32.self))
    }
    let (width, height) = (field(0, 2), field(0, 3))
    let used = count >= 3 ? [0, 1, 2] : [0, 0, 0]
    var planes: [(data: UnsafePointer<Int32>, shift: Int, offset: Int)] = []
    for component in used {
      guard field(component, 2) == width, field(component, 3) == height else {
        throw file.unsupported("components of different sizes")
      }
      let pointer = base.load(fromByteOffset: component * stride + 48, as: UnsafePointer<Int32>?.self)
      guard let pointer else { throw file.damaged("a component has no samples") }
      let precision = field(component, 6)
      guard (1...31).contains(precision) else { throw file.damaged("\(precision) bits a sample") }
      planes.append((pointer, precision - 8, field(component, 8) == 0 ? 0 : 1 << (precision - 1)))
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for index in 0..<width * height {
      for plane in planes {
        let value = Int(plane.data[index]) + plane.offset
        let scaled = plane.shift >= 0 ? value >> plane.shift : value * 255 / ((1 << (plane.shift + 8)) - 1)
        pixels.append(UInt8(min(max(0, scaled), 255)))
      }
    }
    return Picture(trustedWidth: width, height: height, pixels: pixels)
  }
}

/// OpenJPEG's functions by their C types.
private struct Functions {
  typealias Pointer = UnsafeMutableRawPointer
  typealias Read = @convention(c) (Pointer?, Int, Pointer?) -> Int
  typealias Skip = @convention(c) (Int64, Pointer?) -> Int64
  typealias Seek = @convention(c) (Int64, Pointer?) -> Int32

  let makeStream: @convention(c) (Int, Int32) -> Pointer?
  let destroyStream: @convention(c) (Pointer) -> Void
  let setRead: @convention(c) (Pointer, Read) -> Void
  let setSkip: @convention(c) (Pointer, Skip) -> Void
  let setSeek: @convention(c) (Pointer, Seek) -> Void
  let setUser: @convention(c) (Pointer, Pointer?, Pointer?) -> Void
  let setLength: @convention(c) (Pointer, UInt64) -> Void
  let makeCodec: @convention(c) (Int32) -> Pointer?
  let destroyCodec: @convention(c) (Pointer) -> Void
  let setDefaults: @convention(c) (Pointer) -> Void
  let setup: @convention(c) (Pointer, Pointer) -> Int32
  let readHeader: @convention(c) (Pointer, Pointer, UnsafeMutablePointer<Pointer?>) -> Int32
  let decode: @convention(c) (Pointer, Pointer, Pointer) -> Int32
  let destroyImage: @convention(c) (Pointer) -> Void

  init?(_ library: SystemLibrary) {
    guard
      let makeStream = library.function(
        "opj_stream_create", as: (@convention(c) (Int, Int32) -> Pointer?).self),
      let destroyStream = library.function("opj_stream_destroy", as: (@convention(c) (Pointer) -> Void).self),
      let setRead = library.function(
        "opj_stream_set_read_function", as: (@convention(c) (Pointer, Read) -> Void).self),
      let setSkip = library.function(
        "opj_stream_set_skip_function", as: (@convention(c) (Pointer, Skip) -> Void).self),
      let setSeek = library.function(
        "opj_stream_set_seek_function", as: (@convention(c) (Pointer, Seek) -> Void).self),
      let setUser = library.function(
        "opj_stream_set_user_data", as: (@convention(c) (Pointer, Pointer?, Pointer?) -> Void).self),
      let setLength = library.function(
        "opj_stream_set_user_data_length", as: (@convention(c) (Pointer, UInt64) -> Void).self),
      let makeCodec = library.function(
        "opj_create_decompress", as: (@convention(c) (Int32) -> Pointer?).self),
      let destroyCodec = library.function("opj_destroy_codec", as: (@convention(c) (Pointer) -> Void).self),
      let setDefaults = library.function(
        "opj_set_default_decoder_parameters", as: (@convention(c) (Pointer) -> Void).self),
      let setup = library.function(
        "opj_setup_decoder", as: (@convention(c) (Pointer, Pointer) -> Int32).self),
      let readHeader = library.function(
        "opj_read_header",
        as: (@convention(c) (Pointer, Pointer, UnsafeMutablePointer<Pointer?>) -> Int32).self),
      let decode = library.function(
        "opj_decode", as: (@convention(c) (Pointer, Pointer, Pointer) -> Int32).self),
      let destroyImage = library.function("opj_image_destroy", as: (@convention(c) (Pointer) -> Void).self)
    else { return nil }
    self.makeStream = makeStream
    self.destroyStream = destroyStream
    self.setRead = setRead
    self.setSkip = setSkip
    self.setSeek = setSeek
    self.setUser = setUser
    self.setLength = setLength
    self.makeCodec = makeCodec
    self.destroyCodec = destroyCodec
    self.setDefaults = setDefaults
    self.setup = setup
    self.readHeader = readHeader
    self.decode = decode
    self.destroyImage = destroyImage
  }
}
