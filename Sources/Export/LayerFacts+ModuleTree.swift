import Checkpoint

extension LayerFacts {
  /// The facts of every layer of a network that was saved whole, by module path without `prefix`.
  ///
  /// - Throws: `ExportError.layer` where a layer computes something else than its tensors let expect: an
  ///   unknown class with weights of its own, padding by reflection, a transposed convolution.
  static func all(in tree: ModuleTree, withoutPrefix prefix: String) throws(ExportError) -> [String:
    LayerFacts]
  {
    var modules: [(path: String, module: ModuleTree)] = []
    tree.forEach { path, module in
      let path = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
      if !module.parameters.isEmpty { modules.append((path, module)) }
    }
    var result: [String: LayerFacts] = [:]
    for (path, module) in modules { result[path] = try facts(of: module, at: path) }
    return result
  }

  /// BatchNorm's epsilons in a network that was saved whole, by module path without `prefix`.
  ///
  /// Unlike `all(in:withoutPrefix:)` it takes any network: what other layers compute does not matter to them.
  public static func epsilons(in tree: ModuleTree, withoutPrefix prefix: String) -> [String: Float] {
    var result: [String: Float] = [:]
    tree.forEach { path, module in
      guard module.className.hasPrefix("torch.nn.modules.batchnorm."), let epsilon = module["eps"]?.real
      else { return }
      result[path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path] = Float(epsilon)
    }
    return result
  }

  /// The activations in a network that was saved whole, such as `ReLU`, by class with one module of each.
  ///
  /// - Throws: `ExportError.layer` where a layer without weights is none that any family has.
  static func activations(in tree: ModuleTree) throws(ExportError) -> [String: String] {
    var modules: [(path: String, module: ModuleTree)] = []
    tree.forEach { path, module in modules.append((path, module)) }
    var result: [String: String] = [:]
    for (path, module) in modules {
      let parts = module.className.split(separator: ".")
      guard parts.starts(with: ["torch", "nn", "modules"]), parts.count == 5 else { continue }
      switch parts[3] {
      case "activation": result[module.shortClassName] = path
      case "pooling": try checkPooling(module, at: path)
      case "padding", "upsampling", "pixelshuffle", "instancenorm", "normalization", "fold", "rnn",
        "transformer":
        throw .layer(path, reason: "is a '\(module.className)', which no known family has")
      default: break
      }
    }
    return result
  }

  /// Pooling has no tensors to be recognised by, so its settings must be those that every family has.
  private static func checkPooling(_ module: ModuleTree, at path: String) throws(ExportError) {
    func number(_ name: String) -> Int? {
      module[name].flatMap { $0.integer ?? ($0.integers.flatMap { Set($0).count == 1 ? $0.first : nil }) }
    }
    switch module.shortClassName {
    case "AdaptiveAvgPool2d", "AdaptiveMaxPool2d":
      if number("output_size") == 1 { return }
    case "MaxPool2d":
      let settings = [number("kernel_size"), number("stride"), number("padding"), number("dilation")]
      if module["ceil_mode"]?.bool != true, settings == [2, 2, 0, 1] || settings == [3, 2, 1, 1] { return }
    default: break
    }
    throw .layer(path, reason: "is a \(module.shortClassName) with settings that no known family has")
  }

  private static func facts(of module: ModuleTree, at path: String) throws(ExportError) -> LayerFacts {
    var facts = LayerFacts()
    // TorchScript keeps a layer's settings in its code, under mangled class names.
    if module.className.hasPrefix("__torch__.") { return facts }
    switch module.className {
    case "torch.nn.modules.linear.Linear": break
    case "torch.nn.modules.conv.Conv2d":
      if let mode = module["padding_mode"]?.string, mode != "zeros" {
        throw .layer(path, reason: "pads its input by '\(mode)', and only zeros can be exported")
      }
      facts.stride = module["stride"]?.integers
      facts.dilation = module["dilation"]?.integers
      facts.groups = module["groups"]?.integer
      facts.padding = try padding(of: module, at: path)
    case "torch.nn.modules.batchnorm.BatchNorm2d", "torch.nn.modules.batchnorm.SyncBatchNorm":
      facts.epsilon = module["eps"]?.real.map { Float($0) }
    default:
      throw .layer(
        path,
        reason:
          "is a '\(module.className)', which may compute something else than Conv2d, BatchNorm2d or Linear; "
          + "if it does not, save the network's state_dict() and export that")
    }
    return facts
  }

  private static func padding(of module: ModuleTree, at path: String) throws(ExportError) -> [Int]? {
    switch module["padding"]?.string {
    case nil: return module["padding"]?.integers
    case "valid": return [0, 0]
    case "same":
      guard let kernel = module["kernel_size"]?.integers, let dilation = module["dilation"]?.integers,
        kernel.count == 2, dilation.count == 2, kernel.allSatisfy({ $0 % 2 == 1 && (1...4096).contains($0) }),
        dilation.allSatisfy({ (1...4096).contains($0) })
      else { throw .layer(path, reason: "pads to the same extent with an even kernel, on one side more") }
      return [dilation[0] * (kernel[0] / 2), dilation[1] * (kernel[1] / 2)]
    case let other?: throw .layer(path, reason: "has the padding '\(other)', which PyTorch does not know")
    }
  }
}
