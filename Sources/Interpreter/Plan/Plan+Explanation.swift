extension Plan {
  /// The pipeline and the list of calls, for people.
  var explanation: String {
    var lines = ["passes"]
    for pass in passes { lines.append("  \(pass.nodes) nodes after: \(pass.name)") }
    lines.append("calls")
    let rows = steps.enumerated().map { index, step in
      [
        String(index + 1), step.operatorType, step.kernel,
        "[" + step.extents.map(String.init).joined(separator: ", ") + "]",
        step.multiplyAdds > 0 ? "\(Plan.rounded(Double(step.multiplyAdds) / 1e6)) MMAC" : "",
        step.origins.joined(separator: " + "),
      ]
    }
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = row.enumerated().map { column, cell in
        column < 5 ? cell + String(repeating: " ", count: widths[column] - cell.count) : cell
      }
      lines.append("  " + cells.joined(separator: "  "))
    }
    lines.append("memory")
    lines.append(
      "  values \(Plan.rounded(Double(arenaBytes) / 1e6)) MB, packed weights \(Plan.rounded(Double(weightBytes) / 1e6)) MB"
    )
    return lines.joined(separator: "\n") + "\n"
  }

  /// Three digits behind the point, without what formatting libraries cost.
  private static func rounded(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}
