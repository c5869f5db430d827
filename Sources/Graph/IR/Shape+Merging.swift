extension Shape {
  /// What both know of one tensor's extents: a fixed extent before a named one before an unknown one, this shape's
  /// where they contradict. `nil` knows nothing.
  public func merging(_ other: Shape?) -> Shape {
    guard let other, other.rank == rank else { return self }
    return Shape(
      zip(dimensions, other.dimensions).map { own, its in
        if own.fixedValue != nil { return own }
        return its.fixedValue != nil || own == .unknown ? its : own
      })
  }
}
