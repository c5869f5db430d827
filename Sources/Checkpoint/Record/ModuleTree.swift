/// A network that was saved whole (`torch.save(model)`, `torch.jit.save`), read as data.
public struct ModuleTree: Sendable {
  /// The class's full name, such as `torch.nn.modules.conv.Conv2d`.
  public let className: String
  /// Parameters by name, without those that are `None`.
  public let parameters: [StateTensor]
  /// Persistent buffers by name.
  public let buffers: [StateTensor]
  /// Submodules by name, in order.
  public let children: [(name: String, module: ModuleTree)]
  /// All other attributes that aren't private: `kernel_size`, `stride`, `eps`, `training`, ….
  public let hyperparameters: [(name: String, value: Record)]

  /// The last part of the class's name, such as `Conv2d`.
  public var shortClassName: String { String(className.split(separator: ".").last ?? "") }

  /// The hyperparameter of that name.
  public subscript(name: String) -> Record? { hyperparameters.first { $0.name == name }?.value }

  /// Whether the module was saved in training mode; `nil` where it doesn't say.
  public var isTraining: Bool? { self["training"]?.bool }

  /// The submodule at a path such as `layer1.0.conv1`.
  public func module(at path: String) -> ModuleTree? {
    var module = self
    for part in path.split(separator: ".") {
      guard let child = module.children.first(where: { $0.name == part }) else { return nil }
      module = child.module
    }
    return module
  }

  /// Calls `body` with every module and its path, outermost first, in PyTorch's order.
  public func forEach(_ body: (_ path: String, _ module: ModuleTree) -> Void) { visit("", body) }

  private func visit(_ path: String, _ body: (String, ModuleTree) -> Void) {
    body(path, self)
    for child in children { child.module.visit(path.isEmpty ? child.name : "\(path).\(child.name)", body) }
  }
}

extension Record {
  /// Whether this is an instance of `torch.nn.Module` or of a compiled TorchScript class.
  var isModule: Bool {
    guard let className else { return false }
    if className.hasPrefix("__torch__.") { return true }
    let names = attributes.map(\.name)
    return names.contains("_modules") && names.contains("_parameters")
  }

  /// The network whose outermost module this record is; `nil` where it is no module.
  ///
  /// - Throws: `CheckpointError.limit` where modules contain themselves or are more than any network has.
  public func moduleTree() throws(CheckpointError) -> ModuleTree? {
    var budget = 1_000_000
    return isModule ? try moduleTree(depth: 0, budget: &budget) : nil
  }

  private func moduleTree(depth: Int, budget: inout Int) throws(CheckpointError) -> ModuleTree {
    budget -= 1
    guard depth < document.limits.nesting else {
      throw .limit(path: document.path, what: "modules inside each other", limit: document.limits.nesting)
    }
    guard budget > 0 else { throw .limit(path: document.path, what: "modules", limit: 1_000_000) }
    let attributes = attributes
    let className = className ?? ""
    if className.hasPrefix("__torch__.") {
      return try scriptModule(className, attributes, depth: depth, budget: &budget)
    }
    func group(_ name: String) -> [(name: String, value: Record)] {
      attributes.last { $0.name == name }?.value.members ?? []
    }
    var transient: Set<String> = []
    if let record = attributes.last(where: { $0.name == "_non_persistent_buffers_set" })?.value,
      case .set(let names) = record.value
    {
      transient = Set(names.compactMap(\.string))
    }
    var children: [(name: String, module: ModuleTree)] = []
    for (name, child) in group("_modules") where child.isModule {
      children.append((name, try child.moduleTree(depth: depth + 1, budget: &budget)))
    }
    return ModuleTree(
      className: className,
      parameters: group("_parameters").compactMap { name, value in value.tensor?.named(name) },
      buffers: group("_buffers").compactMap { name, value in
        transient.contains(name) ? nil : value.tensor?.named(name)
      }, children: children, hyperparameters: attributes.filter { !$0.name.hasPrefix("_") })
  }

  /// TorchScript keeps parameters, buffers and submodules as plain attributes.
  private func scriptModule(
    _ className: String, _ attributes: [(name: String, value: Record)], depth: Int, budget: inout Int
  ) throws(CheckpointError) -> ModuleTree {
    var children: [(name: String, module: ModuleTree)] = []
    for (name, child) in attributes where child.isModule {
      children.append((name, try child.moduleTree(depth: depth + 1, budget: &budget)))
    }
    return ModuleTree(
      className: className, parameters: attributes.compactMap { $0.value.tensor?.named($0.name) },
      buffers: [], children: children,
      hyperparameters: attributes.filter {
        !$0.name.hasPrefix("_") && !$0.value.isTensor && !$0.value.isModule
      })
  }
}
