import Files
import Glibc
import Interpreter

/// Where `--tune` keeps what it measured.
struct TuningFile {
  let path: String

  /// The file at `path`, or else the user's own one, whose folder is made.
  ///
  /// - Throws: `RunError` where no folder of caches is known or can be made.
  init(path: String?) throws {
    if let path {
      self.path = path
      return
    }
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    // The XDG base directory specification, version 0.8.
    guard let caches = variable("XDG_CACHE_HOME") ?? variable("HOME").map({ $0 + "/.cache" }) else {
      throw RunError("--tune has nowhere to keep what it measures: HOME is not set; give --tuning-file FILE")
    }
    for folder in [caches, caches + "/cbam"] where mkdir(folder, 0o777) != 0 && errno != EEXIST {
      throw FileError.system(operation: "make the folder", path: folder, code: errno)
    }
    self.path = caches + "/cbam/tuning.txt"
  }

  /// What the file holds; nothing where there is none.
  ///
  /// - Throws: `FileError` where it can't be read, `RunError` where it is no tuning file.
  func read() throws -> ConvolutionTuning {
    guard access(path, F_OK) == 0 else { return ConvolutionTuning() }
    let text = try MappedFile(path: path).withBytes { String(decoding: $0, as: UTF8.self) }
    do {
      return try ConvolutionTuning(text: text)
    } catch {
      throw RunError("\(path): \(error)")
    }
  }

  /// Adds what was found to what the file holds by now, and gives both.
  ///
  /// - Throws: what `read` throws; `FileError` where it can't be written.
  func add(_ found: ConvolutionTuning) throws -> ConvolutionTuning {
    var all = try read()
    all.merge(found)
    let file = try AtomicFile(path: path)
    try file.write(Array(all.text.utf8))
    try file.commit()
    return all
  }
}
