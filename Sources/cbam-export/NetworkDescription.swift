import Export

/// What `--arch FILE.json` says of a network beside its tensors.
struct NetworkDescription: Decodable {
  /// The family; recognised where it is not said.
  let family: String?
  /// Settings of layers by module.
  let layers: [String: LayerFacts]?

  private enum CodingKeys: String, CodingKey {
    case family, layers
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: where it can't be read or says something else.
  init(path: String) throws { self = try decodeJSON(path, for: "the description of a network") }
}
