import Files

/// A record in a few words, as Python would print it where that is short.
extension Record {
  /// One line of no more than about `limit` characters.
  public func summary(limit: Int = 80) -> String {
    var rest = limit
    return summary(&rest, depth: 0)
  }

  private func summary(_ rest: inout Int, depth: Int) -> String {
    guard depth < 6, rest > 0 else { return "…" }
    switch value {
    case .none: return spend("None", &rest)
    case .bool(let value): return spend(value ? "True" : "False", &rest)
    case .integer(let value): return spend("\(value)", &rest)
    case .bigInteger(let text): return spend(text, &rest)
    case .real(let value): return spend("\(value)", &rest)
    case .string(let text): return spend("'\(printable(text, rest))'", &rest)
    case .bytes(let bytes): return spend("\(bytes.count) bytes", &rest)
    case .list(let items): return list("[", items, "]", &rest, depth)
    case .tuple(let items): return list("(", items, items.count == 1 ? ",)" : ")", &rest, depth)
    case .set(let items): return list("{", items, "}", &rest, depth)
    case .dictionary(let className, let entries):
      let body = pairs(entries, &rest, depth)
      return className == "dict" ? "{\(body)}" : "\(short(className))({\(body)})"
    case .tensor(let tensor):
      return spend("\(tensor.dtype)[\(tensor.shape.map(String.init).joined(separator: "×"))]", &rest)
    case .storage(let storage): return spend("storage of \(storage.byteCount) bytes", &rest)
    case .global(let name): return spend(printable(name, rest), &rest)
    case .object(let object):
      let name = spend(short(object.className), &rest)
      if !object.arguments.isEmpty { return name + list("(", object.arguments, ")", &rest, depth) }
      let parts = attributes.filter { !$0.name.hasPrefix("_") }
      return "\(name)(\(named(parts, &rest, depth)))"
    }
  }

  private func spend(_ text: String, _ rest: inout Int) -> String {
    rest -= text.count
    return text
  }

  private func short(_ className: String) -> String { String(className.split(separator: ".").last ?? "") }

  /// Text without characters that would disturb a line or a terminal.
  private func printable(_ text: String, _ limit: Int) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(max(8, limit)) {
      let isControl =
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
      result.append(isControl ? " " : scalar)
    }
    let isCut = result.count < text.unicodeScalars.count
    return String(result) + (isCut ? "…" : "")
  }

  private func list(
    _ open: String, _ items: [Record], _ close: String, _ rest: inout Int, _ depth: Int
  ) -> String {
    var parts: [String] = []
    for item in items {
      guard rest > 0 else {
        parts.append("… \(items.count) in all")
        break
      }
      parts.append(item.summary(&rest, depth: depth + 1))
      rest -= 2
    }
    return open + parts.joined(separator: ", ") + close
  }

  private func pairs(_ entries: [Entry], _ rest: inout Int, _ depth: Int) -> String {
    var parts: [String] = []
    for entry in entries {
      guard rest > 0 else {
        parts.append("… \(entries.count) in all")
        break
      }
      let key = entry.key.summary(&rest, depth: depth + 1)
      parts.append("\(key): \(entry.value.summary(&rest, depth: depth + 1))")
      rest -= 4
    }
    return parts.joined(separator: ", ")
  }

  private func named(_ members: [(name: String, value: Record)], _ rest: inout Int, _ depth: Int) -> String {
    var parts: [String] = []
    for (name, value) in members {
      guard rest > 0 else {
        parts.append("…")
        break
      }
      parts.append("\(spend(name, &rest))=\(value.summary(&rest, depth: depth + 1))")
      rest -= 2
    }
    return parts.joined(separator: ", ")
  }
}
