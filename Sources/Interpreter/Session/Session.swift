import CKernels
import Graph
import OrderedCollections
import Synchronization

/// How a session runs.
public struct SessionOptions: Sendable {
  /// Whether float32 operators may use their kernels; otherwise every node runs its plain definition.
  public var usesKernels = true
  /// Whether neighbouring nodes may be computed as one, as CBAM blocks and activations are.
  public var fusesNodes = true
  /// Threads that compute, the caller's included; `nil` for one a core.
  public var threads: Int?
  /// The best instruction set to use, such as `avx2`; `nil` for what the environment's `CBAM_CPU` says, or else for
  /// the best that the CPU has.
  public var instructionSet: String?
  /// Seeds random operators that have no seed of their own.
  public var seed: UInt64 = 0
  /// The largest error that the choice of a convolution's algorithm may cost, as a share of the map's largest value.
  public var errorBudget = 1e-5
  /// Whether inputs of each shape will be run but once: large dense weights are then used as the file stores them, not
  /// packed for runs to come, and types are checked when they are inferred for the run, not once more before it. Results
  /// are the same.
  public var expectsOneRun = false
  /// Algorithms that were measured to be the fastest; the cost model chooses those of other convolutions.
  public var tuning = ConvolutionTuning()

  /// The defaults above.
  public init() {}
}

/// A model made ready to run, as often as wanted and from several threads, which take turns.
public struct Session: Sendable {
  /// The model in the form that is run: newest operator versions.
  public let model: Model
  private(set) var options: SessionOptions
  private var engine: Engine

  /// A session for `model`, which may be of any supported operator-set version.
  ///
  /// - Throws: `GraphError` where the model has operators that aren't known, or its parts don't fit each other, which is
  ///   found at the first run where only one is expected; `InterpreterError` where this CPU hasn't the instruction set asked for.
  public init(model: Model, options: SessionOptions = SessionOptions()) throws {
    self.model = try model.upgraded()
    self.options = options
    engine = Engine(
      kernels: try KernelSet.best(cap: options.instructionSet),
      workers: max(1, min(options.threads ?? Int(ckernels_cpu_count()), 256)))
    // Types and shapes that can't fit are found before anything runs.
    if !options.expectsOneRun { try checkTypes() }
  }

  private func checkTypes() throws {
    try model.graph.checkTypes(evaluate: ReferenceEvaluator.constants)
  }

  /// What the caller gives: graph inputs without a default.
  public var inputs: [Value] { model.graph.requiredInputs }

  /// What the caller gets.
  public var outputs: [Value] { model.graph.outputs }

  /// Threads that compute.
  public var threads: Int { engine.pool.workers }

  /// The instruction set whose kernels run, such as `avx512`.
  public var instructionSet: String { engine.kernels.name }

  /// The graph's outputs for `inputs`, in the graph's order.
  ///
  /// - Parameter tap: called with every value as it is computed; nodes are then computed one by one.
  /// - Throws: `InterpreterError` naming the input or node at fault.
  public func run(
    _ inputs: OrderedDictionary<String, RuntimeValue>,
    tap: ((Node, String, RuntimeValue) throws -> Void)? = nil
  ) throws -> OrderedDictionary<String, RuntimeValue> {
    guard tap == nil, options.usesKernels, model.graph.sparseInitializers.isEmpty else {
      if options.expectsOneRun { try checkTypes() }
      return try ReferenceEvaluator(upgraded: model, seed: options.seed, usesKernels: options.usesKernels)
        .run(
          inputs, tap: tap)
    }
    return try engine.lock.withLock { _ in
      let plan = try plan(for: inputs)
      plan.load(inputs)
      engine.run(plan)
      return try plan.results()
    }
  }

  /// Computes the graph's outputs into `outputs`, in the graph's order.
  ///
  /// Tensors that `outputs` holds already, of the right types and shapes and held by nobody else, are written over:
  /// a run after the first with inputs of the same shapes then allocates nothing, where the whole plan consists of
  /// float32 kernels.
  ///
  /// - Throws: what `run` throws; `InterpreterError` where an output is no tensor.
  public func run(_ inputs: OrderedDictionary<String, RuntimeValue>, into outputs: inout [Tensor]) throws {
    guard options.usesKernels, model.graph.sparseInitializers.isEmpty else {
      outputs = try run(inputs).map { name, value in
        guard case .tensor(let tensor) = value else { throw Plan.noTensor(name) }
        return tensor
      }
      return
    }
    try engine.lock.withLock { _ in
      let plan = try plan(for: inputs)
      plan.load(inputs)
      engine.run(plan)
      try plan.results(into: &outputs)
    }
  }

  /// The calls that run for inputs like these, in order.
  ///
  /// - Throws: `InterpreterError` or `GraphError` where the inputs don't fit the graph.
  public func steps(for inputs: OrderedDictionary<String, RuntimeValue>) throws -> [PlanStep] {
    try engine.lock.withLock { _ in try plan(for: inputs).steps.map(PlanStep.init) }
  }

  /// The same model, with algorithms that were measured.
  public func using(_ tuning: ConvolutionTuning) -> Session {
    var session = self
    session.options.tuning = tuning
    session.engine = Engine(kernels: engine.kernels, workers: engine.pool.workers)
    return session
  }

  /// Layers of the plan for these inputs that tunings know by this name.
  func tunableLayers(for inputs: OrderedDictionary<String, RuntimeValue>) throws -> [String] {
    try engine.lock.withLock { _ in try plan(for: inputs).steps.compactMap { $0.tunable?.layer } }
  }

  /// What runs for inputs like these: passes, calls with their kernels, memory.
  ///
  /// - Throws: `InterpreterError` or `GraphError` where the inputs don't fit the graph.
  public func explanation(
    of inputs: OrderedDictionary<String, RuntimeValue>
  ) throws -> String {
    try engine.lock.withLock { _ in try plan(for: inputs).explanation }
  }

  /// The outputs, and how long each step of the plan took.
  func timedRun(
    _ inputs: OrderedDictionary<String, RuntimeValue>
  ) throws -> (
    outputs: OrderedDictionary<String, RuntimeValue>,
    steps: [(step: Step, start: Duration, duration: Duration)]
  ) {
    try engine.lock.withLock { _ in
      let plan = try plan(for: inputs)
      plan.load(inputs)
      let clock = MonotonicClock()
      let begin = clock.now
      let steps = plan.steps.map { step in
        let start = clock.now
        engine.pool(step.phases, plan.memory)
        return (step, start - begin, clock.now - start)
      }
      return (try plan.results(), steps)
    }
  }

  /// What the session's threads reach at best.
  func machineSpeed() -> MachineSpeed {
    engine.lock.withLock { _ in MachineSpeed(kernels: engine.kernels, pool: engine.pool) }
  }

  /// Runs step by step and shows what each step wrote to `body`.
  func tracedRun(
    _ inputs: OrderedDictionary<String, RuntimeValue>,
    _ body: (Step, OrderedDictionary<String, RuntimeValue>) throws -> Void
  ) throws {
    try engine.lock.withLock { _ in
      let plan = try plan(for: inputs)
      plan.load(inputs)
      for step in plan.steps {
        engine.pool(step.phases, plan.memory)
        if let failure = plan.memory.failure { throw failure }
        try body(step, try plan.contents.written(by: step, plan.memory))
      }
    }
  }

  /// The plan for inputs of these types, made if there is none yet. To be called with the lock held.
  private func plan(for inputs: OrderedDictionary<String, RuntimeValue>) throws -> Plan {
    if let last = engine.last, last.signature.count == inputs.count,
      inputs.allSatisfy({ last.signature[$0.key]?.fits($0.value) ?? false })
    {
      return last
    }
    let types = try types(of: inputs)
    if let known = engine.plans.first(where: { $0.signature == types }) {
      engine.last = known
      return known
    }
    let made = try makePlan(types, choice: .cost(measured: options.tuning))
    engine.remember(made)
    return made
  }

  /// The types of the inputs that a run with `inputs` has, which are checked.
  private func types(of inputs: OrderedDictionary<String, RuntimeValue>) throws -> [String: ValueType] {
    var inputs = inputs
    try ReferenceEvaluator.check(inputs, of: model.graph)
    for input in model.graph.requiredInputs where inputs[input.name] == nil {
      if case .optional(let element)? = input.type { inputs[input.name] = .optional(nil, element: element) }
    }
    return Dictionary(uniqueKeysWithValues: inputs.map { ($0.key, $0.value.type) })
  }

  private func makePlan(_ types: [String: ValueType], choice: ConvolutionChoice) throws -> Plan {
    try Plan(
      model.graph, inputs: types, kernels: engine.kernels, workers: engine.pool.workers,
      passes: options.fusesNodes ? Pass.all : Pass.unfused, choice: choice, errorBudget: options.errorBudget,
      isForOneRun: options.expectsOneRun, seed: options.seed)
  }

  /// Runs `body` with a plan of its own for every algorithm, and what runs a step of such a plan.
  func withForcedPlans<Result>(
    _ inputs: OrderedDictionary<String, RuntimeValue>,
    _ body: ([Plan], (Step, Plan) -> Void) throws -> Result
  ) throws -> Result {
    try engine.lock.withLock { _ in
      let types = try types(of: inputs)
      let plans = try ConvolutionAlgorithm.all.map { try makePlan(types, choice: .forced($0)) }
      for plan in plans { plan.load(inputs) }
      return try body(plans) { step, plan in engine.pool(step.phases, plan.memory) }
    }
  }

  /// What runs of one session share.
  private final class Engine: @unchecked Sendable {
    let kernels: KernelSet
    let pool: WorkerPool
    /// Held while a plan's memory is in use; plans are read and written under it alone.
    let lock = Mutex(())
    var plans: [Plan] = []
    var last: Plan?

    init(kernels: KernelSet, workers: Int) {
      self.kernels = kernels
      pool = WorkerPool(workers: workers)
    }

    /// Computes everything once.
    func run(_ plan: Plan) {
      plan.pace(workers: pool.workers) { isAlone in pool(plan.phases, plan.memory, alone: isAlone) }
    }

    /// Keeps a plan, and forgets the oldest of more than a few: each has memory of its own.
    func remember(_ plan: Plan) {
      plans.append(plan)
      if plans.count > 8 { plans.removeFirst() }
      last = plan
    }
  }
}

extension ValueType {
  /// Whether a value is a tensor of exactly this type and these extents; compared without making a type of it.
  fileprivate func fits(_ value: RuntimeValue) -> Bool {
    guard case .tensor(let elementType, let shape?) = self, case .tensor(let tensor) = value,
      tensor.elementType == elementType, shape.rank == tensor.rank
    else { return false }
    // By index: general sequences may allocate their iterators.
    for axis in 0..<tensor.rank where shape.dimensions[axis] != .fixed(tensor.shape[axis]) { return false }
    return true
  }
}
