/// Rows of cells under a heading, in columns.
public struct Table {
  private var rows: [[String]]
  private let right: Set<Int>

  /// A table without rows yet.
  ///
  /// - Parameter right: columns whose cells end at the same place, as numbers do.
  public init(_ heading: [String], right: Set<Int>) {
    rows = [heading]
    self.right = right
  }

  /// Adds a row of as many cells as the heading has.
  public mutating func add(_ row: [String]) { rows.append(row) }

  /// The lines, without spaces at their ends.
  public var lines: [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        right.contains(column) ? Text.right(cell, widths[column]) : Text.left(cell, widths[column])
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
