/// What may stand on a command's line, declared as values: each option says what it changes in a `Command`.
public struct CommandSyntax<Command: Sendable>: Sendable {
  /// An option: what `--help` shows of it, and what it changes.
  public struct Option: Sendable {
    @usableFromInline let row: ArgumentTable.Row
    @usableFromInline let apply: @Sendable (inout Command, OptionValue) throws -> Void

    /// `--name VALUE`.
    public static func option(
      _ name: String, short: Character? = nil, _ value: String, _ help: String,
      apply: @escaping @Sendable (inout Command, OptionValue) throws -> Void
    ) -> Option {
      Option(row: .init(name: name, short: short, value: value, help: help), apply: apply)
    }

    /// `--name` alone.
    public static func flag(
      _ name: String, short: Character? = nil, _ help: String,
      apply: @escaping @Sendable (inout Command) -> Void
    ) -> Option {
      Option(row: .init(name: name, short: short, value: nil, help: help)) { command, _ in apply(&command) }
    }
  }

  /// Options under one title.
  public struct Group: Sendable {
    @usableFromInline let title: String
    @usableFromInline let options: [Option]

    /// `options` under `title`.
    public init(_ title: String, _ options: [Option]) {
      self.title = title
      self.options = options
    }
  }

  /// What is neither an option nor an option's value.
  public struct Arguments: Sendable {
    @usableFromInline let usage: String
    @usableFromInline let apply: @Sendable (inout Command, String) throws -> Void

    /// Arguments that the usage line shows as `usage`, such as `MODEL [PICTURE...]`; `apply` takes one after the other.
    public init(_ usage: String, apply: @escaping @Sendable (inout Command, String) throws -> Void) {
      self.usage = usage
      self.apply = apply
    }
  }

  @usableFromInline let abstract: String
  @usableFromInline let details: String
  @usableFromInline let version: String
  @usableFromInline let arguments: Arguments
  @usableFromInline let groups: [Group]
  @usableFromInline let check: @Sendable (Command) throws -> Void

  /// A syntax that `--help` begins with `abstract` and ends with `details`; `check` throws where what was given doesn't
  /// fit together.
  public init(
    abstract: String, details: String, version: String, arguments: Arguments, groups: [Group],
    check: @escaping @Sendable (Command) throws -> Void
  ) {
    self.abstract = abstract
    self.details = details
    self.version = version
    self.arguments = arguments
    self.groups = groups
    self.check = check
  }

  /// What the process's command line says, beginning from `command`. Help, the version and misuse end the process.
  @inlinable public func parse(into command: Command) -> Command {
    // Inlined so that it is specialized where `Command` is known: a start has no time for generic code.
    var command = command
    var options: [Option] = []
    var table = ArgumentTable(
      usage: arguments.usage, documentation: "\(abstract)\u{0B}\(details)", version: version)
    for group in groups {
      table.begin(group: group.title)
      for option in group.options {
        table.add(option.row)
        options.append(option)
      }
    }
    table.parse { word in
      switch word {
      case .option(let index, let value): try options[index].apply(&command, value)
      case .argument(let text): try arguments.apply(&command, text)
      case .end: try check(command)
      }
    }
    return command
  }
}

/// The text of an option's value, which becomes what the option needs.
public struct OptionValue: Sendable {
  let option: String
  let form: String
  /// As it was written.
  public let text: String

  /// What `read` makes of the text.
  ///
  /// - Throws: `Misuse` where that is nothing.
  public func parsed<Value>(_ read: (String) -> Value?) throws(Misuse) -> Value {
    guard let value = read(text) else { throw Misuse("'\(text)' is invalid for \(option): it takes \(form)") }
    return value
  }

  /// One of an enumeration's cases.
  ///
  /// - Throws: `Misuse` with the cases that there are.
  public func choice<Value: RawRepresentable & CaseIterable>() throws(Misuse) -> Value
  where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      let cases = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw Misuse("'\(text)' is invalid for \(option): it takes one of \(cases)")
    }
    return value
  }

  /// A whole number within `bounds`.
  ///
  /// - Throws: `Misuse` with the bounds.
  public func number(_ bounds: ClosedRange<Int>) throws(Misuse) -> Int {
    guard let value = Int(text), bounds.contains(value) else {
      let range =
        bounds.upperBound == .max
        ? "of \(bounds.lowerBound) or more" : "from \(bounds.lowerBound) to \(bounds.upperBound)"
      throw Misuse("\(option) needs a number \(range), not '\(text)'")
    }
    return value
  }

  /// A number, which need not be whole, from 0 to `most`.
  ///
  /// - Throws: `Misuse` for every other.
  public func decimal(upTo most: Int) throws(Misuse) -> Double {
    guard let value = Double(text), value >= 0, value <= Double(most) else {
      throw Misuse("\(option) needs a number from 0 to \(most), not '\(text)'")
    }
    return value
  }

  /// A finite number of 0 or more.
  ///
  /// - Throws: `Misuse` for every other.
  public func share() throws(Misuse) -> Double {
    guard let value = Double(text), value >= 0, value.isFinite else {
      throw Misuse("\(option) needs a number of 0 or more, not '\(text)'")
    }
    return value
  }
}

/// A command was called in a way that means nothing.
public struct Misuse: Error, CustomStringConvertible {
  /// What is wrong with it.
  public let description: String

  /// A misuse of which `text` says what is wrong.
  public init(_ text: String) { description = text }
}
