import ArgumentParser
import Graph

// `HxW`, `RGB`, `1/255` and `shorter:256` are read as the metadata's own text is.
extension Preprocessing.Size: ExpressibleByArgument {}
extension Preprocessing.Scale: ExpressibleByArgument {}
extension Preprocessing.Resize: ExpressibleByArgument {}
extension Preprocessing.ColorOrder: ExpressibleByArgument {}

/// Numbers for each channel on the command line, such as `0.485,0.456,0.406`.
public struct ChannelNumbers: ExpressibleByArgument, Sendable, Equatable {
  /// One number, or three.
  public let values: [Float]

  /// Reads one or three numbers separated by commas.
  public init?(argument: String) {
    guard let values = Preprocessing.numbers(argument, count: argument.contains(",") ? 3 : 1) else {
      return nil
    }
    self.values = values
  }
}
