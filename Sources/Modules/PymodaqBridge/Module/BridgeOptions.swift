import BusClient
import YAMLText

/// What the command line says about the bridge.
enum BridgeOptions {
  private static let map = Option("map", value: "FILE", "What PyMoDAQ sees, and what it moves; docs/PYMODAQ.md.")

  static let list: [any ProgramOption] = [map, BenchSimulation.speed]

  /// The map that was given, or that of the simulated bench.
  ///
  /// - Throws: `UsageError` if there is none or it cannot be read; what is wrong in it is written to standard error.
  static func map(_ bus: Bus) throws -> BridgeMap {
    let instance = bus.configuration.instance
    guard let path = bus.options[map] else {
      guard bus.options[.sim] else {
        throw UsageError("say with --map FILE what PyMoDAQ sees, or simulate a bench with --sim")
      }
      return try BridgeMap(reading: Array(simulated.utf8), path: "the map of --sim", instance: instance)
    }
    do {
      let bytes = try FileDescriptor.contents(of: path, bytesMax: BridgeMap.fileBytesMax)
      return try BridgeMap(reading: bytes, path: path, instance: instance)
    } catch let error as SettingsError {
      FileDescriptor.standardError.write(error.text)
      throw UsageError("--map: \(path) \(error.summary)")
    } catch {
      throw UsageError("--map: \(error)")
    }
  }

  /// What `Examples/pymodaq.yaml` says, too: a test compares them.
  static let simulated = """
    roles:
      voltage:
        kind: detector
        server: 127.0.0.1:6341
        channels:
          - { label: Voltage, frame: PYMODAQ_SIM_VOLTAGE, field: voltage, request: true }
      spectrum:
        kind: detector
        server: 127.0.0.1:6342
        channels:
          - { label: Spectrum, frame: PYMODAQ_SIM_SPECTRUM, field: intensities, axis: wavelengths, request: true }
      camera:
        kind: detector
        server: 127.0.0.1:6343
        channels:
          - { label: Camera, frame: PYMODAQ_SIM_IMAGE, field: pixels, width: width, request: true }
      stage:
        kind: actuator
        server: 127.0.0.1:6344
        target: { frame: PYMODAQ_SIM_MOVE, field: position }
        position: { frame: PYMODAQ_SIM_POSITION, field: position, request: true }
        home: { frame: PYMODAQ_SIM_HOME, at: 0 }

    """
}
