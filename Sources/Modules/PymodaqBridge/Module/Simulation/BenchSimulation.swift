import BusClient
import Frames
import PymodaqBridgeSimulator

/// The simulated bench on the bus: its detector answers requests, its stage carries out jobs.
struct BenchSimulation {
  static let speed = Option<Double>(
    "sim-speed", value: "MM/S", default: 10, "Speed of the simulated stage (default 10)."
  ) { text throws(UsageError) in
    guard let speed = Double(text), speed > 0, speed <= 1e6 else {
      throw UsageError("'\(text)' is no speed in mm/s above 0")
    }
    return speed
  }

  private let bus: Bus
  private var bench: SimulatedBench
  private var jobs: Jobs<PymodaqSimMove>

  init(bus: Bus) throws {
    self.bus = bus
    bench = SimulatedBench(speed: bus.options[Self.speed], seed: UInt64.random(in: 1 ... .max))
    jobs = try Jobs<PymodaqSimMove>(bus) {
      PymodaqSimMoved(request: $0.request, outcome: .failed, text: "the simulation was restarted in the move")
    }
  }

  var deadline: Duration? { bench.deadline }

  static func subscriptions(_ bus: Bus) -> [Subscription] {
    let instance = bus.configuration.instance
    let commands: [FrameType] = [.pymodaqSimMove, .pymodaqSimStop, .pymodaqSimHome, .pymodaqSimulate]
    let measured: [FrameType] = [.pymodaqSimVoltage, .pymodaqSimSpectrum, .pymodaqSimImage, .pymodaqSimPosition]
    return commands.map { Subscription($0, instance: instance, requests: false) }
      + measured.map { Subscription($0, instance: instance, values: false) }
  }

  /// Answers a request.
  ///
  /// - Returns: false if it is none for the bench.
  mutating func answer(_ type: FrameType, at now: Duration) throws -> Bool {
    switch type {
    case .pymodaqSimVoltage:
      if !bench.isSilent(at: now) { try bus.send(PymodaqSimVoltage(voltage: bench.voltage(at: now))) }
    case .pymodaqSimSpectrum:
      if !bench.isSilent(at: now) {
        try bus.send(
          PymodaqSimSpectrum(wavelengths: SimulatedBench.wavelengths, intensities: bench.spectrum(at: now)))
      }
    case .pymodaqSimImage:
      let (width, height) = SimulatedBench.imageSize
      if !bench.isSilent(at: now) {
        try bus.send(
          PymodaqSimImage(width: UInt16(width), height: UInt16(height), pixels: bench.image(at: now)))
      }
    case .pymodaqSimPosition:
      try bus.send(PymodaqSimPosition(position: bench.position(at: now), moving: bench.isMoving))
    default: return false
    }
    return true
  }

  /// Takes a frame, if it is for the bench.
  mutating func handle(_ frame: Frame, at now: Duration) throws {
    guard frame.instance == bus.configuration.instance else { return }
    if frame.isRequest {
      _ = try answer(frame.type, at: now)
    } else if let move = try jobs.command(in: frame) {
      startJobs(at: now)
      if bench.isMoving { jobs.refuse(move, "the stage moves; stop it first") } else { jobs.accept(move) }
    } else if let stop = try frame.decode(PymodaqSimStop.self) {
      // The move that is meant may have come just before.
      startJobs(at: now)
      bench.stop(stop.request, at: now)
    } else if try frame.decode(PymodaqSimHome.self) != nil {
      if !bench.isMoving { bench.start(nil, to: 0, at: now) }
    } else if let simulate = try frame.decode(PymodaqSimulate.self) {
      apply(simulate, at: now)
    }
  }

  private mutating func startJobs(at now: Duration) {
    for move in jobs.commit() { bench.start(move.request, to: move.position, at: now) }
  }

  mutating func process(at now: Duration) throws {
    startJobs(at: now)
    bench.tick(at: now)
    while let event = bench.nextEvent() {
      switch event {
      case .position(let position, let isMoving):
        if bus.isConnected { try bus.send(PymodaqSimPosition(position: position, moving: isMoving)) }
      case .ended(let request, let isDone, let isStopped, let text, let position):
        let outcome: JobOutcome = isDone ? .done : isStopped ? .cancelled : .failed
        jobs.end(PymodaqSimMoved(request: request, outcome: outcome, text: text, position: position))
      }
    }
    jobs.commit()
  }

  private mutating func apply(_ simulate: PymodaqSimulate, at now: Duration) {
    let time = now + .milliseconds(Int64(simulate.value))
    switch simulate.event {
    case .silence: bench.silence(until: time)
    case .stick: bench.stick(until: time, at: now)
    case .break: bench.breakNextMove()
    case .noise: bench.setNoise(Double(simulate.value) * 1e-6)
    default: bus.log(.warning, "no_such_event", ["event": "\(simulate.event.rawValue)"])
    }
  }
}

/// The simulated bench inside of the bridge: a module of its own on the bus, because what a program sends does not come
/// back to it.
struct OwnBench {
  /// How long what is for it may wait. Two programs are quicker.
  static let period = Duration.milliseconds(5)

  private let bus: Bus
  private var simulation: BenchSimulation

  init(beside bridge: Bus) throws {
    var configuration = bridge.configuration
    configuration.name += "-bench"
    bus = try Bus(configuration)
    simulation = try BenchSimulation(bus: bus)
    bus.listen(for: BenchSimulation.subscriptions(bus))
  }

  mutating func process() throws {
    defer { bus.flush() }
    for _ in 0..<Self.framesMax {
      guard let frame = bus.nextFrame() else { break }
      try simulation.handle(frame, at: bus.now)
    }
    try simulation.process(at: bus.now)
  }

  /// Frames in one turn, so that a flood of them keeps nobody waiting.
  private static let framesMax = 64

  mutating func stop() { bus.stop() }
}

/// The simulated bench alone.
struct PymodaqSimulator: Module {
  static let options: [any ProgramOption] = [
    BenchSimulation.speed, Option("sim-only", "Be the simulated bench alone, without a bridge."),
  ]

  private let bus: Bus
  private var simulation: BenchSimulation

  init(bus: Bus) throws {
    simulation = try BenchSimulation(bus: bus)
    self.bus = bus
    bus.listen(for: BenchSimulation.subscriptions(bus))
  }

  mutating func process() throws {
    while let frame = bus.nextFrame() { try simulation.handle(frame, at: bus.now) }
    try simulation.process(at: bus.now)
    bus.wake(at: simulation.deadline)
  }
}
