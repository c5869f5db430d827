/// Where operators stand in lists of families, by name and domain. Small, because all of it is filled at a program's start.
public struct OperatorPlaces: Sendable {
  private var places: [String: Place]

  private struct Place {
    let family: UInt16
    let item: UInt16
  }

  /// - Parameters:
  ///   - sizes: how many operators each family has.
  ///   - operator: name and domain of a family's operator, both by number.
  public init(sizes: [Int], operator named: (_ family: Int, _ item: Int) -> (name: String, domain: String)) {
    places = Dictionary(minimumCapacity: sizes.reduce(0, +))
    for family in sizes.indices {
      for item in 0..<sizes[family] {
        let (name, domain) = named(family, item)
        places[Self.key(name, domain)] = Place(family: UInt16(family), item: UInt16(item))
      }
    }
  }

  /// The family and the item, by number; `nil` where no family has the operator.
  public func find(_ name: String, domain: String) -> (family: Int, item: Int)? {
    places[Self.key(name, domain)].map { (Int($0.family), Int($0.item)) }
  }

  /// Text, because a type of its own would be looked up in all that the program knows of types at its start.
  private static func key(_ name: String, _ domain: String) -> String {
    domain.isEmpty ? name : "\(domain)/\(name)"
  }
}
