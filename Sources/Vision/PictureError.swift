/// What can be wrong with a picture, and in which file.
public struct PictureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let reason: Reason
  /// The file, where the picture came from one.
  public var path: String?

  /// What can be wrong with a picture.
  public enum Reason: Sendable, Equatable {
    /// The bytes are neither PNG nor JPEG; `looksLike` names what they seem to be.
    case notAPicture(looksLike: String?)
    /// The picture's own format forbids these bytes, or they end too early.
    case damaged(PictureFormat, String)
    /// A form of the format that isn't read.
    case unsupported(PictureFormat, String)
    /// No pixels, or more than the limit.
    case size(width: Int, height: Int, limit: Int)
    /// The picture can't be brought into the form that a model needs.
    case preparation(String)
    /// The picture can't be written.
    case encoding(String)
  }

  /// An error for `reason`, in the file at `path`.
  public init(_ reason: Reason, path: String? = nil) {
    self.reason = reason
    self.path = path
  }

  /// One sentence for people.
  public var description: String { (path.map { "\($0): " } ?? "") + sentence }

  private var sentence: String {
    switch reason {
    case .notAPicture(let looksLike?): "this is \(looksLike); pictures are PNG or JPEG"
    case .notAPicture(nil): "this is no picture; pictures are PNG or JPEG"
    case .damaged(let format, let detail): "damaged \(format.rawValue): \(detail)"
    case .unsupported(let format, let detail): "\(format.rawValue) with \(detail) can't be read"
    case .size(let width, let height, _) where width <= 0 || height <= 0:
      "the picture has no pixels (\(width)x\(height))"
    case .size(let width, let height, let limit):
      "a picture of \(width)x\(height) pixels is too large; the limit is \(limit) pixels"
    case .preparation(let detail), .encoding(let detail): detail
    }
  }
}
