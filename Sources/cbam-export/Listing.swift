import Checkpoint
import CommandSupport
import Graph

/// What a checkpoint holds, as a tree, without reading tensor data.
struct Listing {
  private let file: CheckpointFile

  init(_ file: CheckpointFile) { self.file = file }

  private struct Row: Encodable {
    let depth: Int
    let name: String
    let summary: String
    let dtype: String?
    let shape: [Int]?
    let bytes: Int?
    let role: String?
  }

  private struct Part: Encodable {
    let key: String
    let role: String
    let bytes: Int
  }

  private struct Object: Encodable {
    let file: String
    let format: String
    let parts: [Part]
    let rows: [Row]
    let complete: Bool
  }

  func print(asJSON: Bool) throws {
    let results = ResultStream()
    let outline = try Outline(file)
    let parts = file.candidates.map {
      Part(key: $0.keyPath, role: $0.role.rawValue, bytes: $0.byteCount)
    }
    if asJSON {
      let rows = outline.rows.map { row in
        Row(
          depth: row.depth, name: row.name, summary: row.summary, dtype: row.tensor?.dtype,
          shape: row.tensor?.shape, bytes: row.tensor?.byteCount, role: row.role?.rawValue)
      }
      return try results.json(
        Object(
          file: file.path, format: file.format.rawValue, parts: parts, rows: rows, complete: !outline.isCut))
    }
    try results.line("\(file.path): \(file.format.rawValue)")
    for row in outline.rows { try results.line(Diagnostics.printable(text(row))) }
    if outline.isCut { try results.line("… more than \(outline.rows.count) lines") }
    for part in parts {
      try results.line(
        "\(part.key.isEmpty ? "(the whole file)" : part.key): \(part.role), \(sizeText(part.bytes))")
    }
  }

  private func text(_ row: Outline.Row) -> String {
    let label = String(repeating: "  ", count: row.depth) + (row.name.isEmpty ? "" : "\(row.name): ")
    let size = row.tensor.map { " \(sizeText($0.byteCount))" } ?? ""
    return label + row.summary + size + (row.role.map { " [\($0.rawValue)]" } ?? "")
  }
}
