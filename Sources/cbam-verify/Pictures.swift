import Interpreter
import Vision

/// Lets `ImageDecoder` nodes read pictures.
func registerImageDecoder() {
  ImageDecoders.register { bytes in
    try Picture.decodingIfWhole(bytes).map {
      ImageDecoders.Image(width: $0.width, height: $0.height, samples: $0.pixels)
    }
  }
}
