import BusClient
import EvominBridgeProtocol
import Frames
import YAMLText

/// What the command line says about the bridge.
struct BridgeOptions {
  private static let usual = EvominSettings(peer: .any)

  private static let port = Option(
    "port", value: "PATH", "The device's serial port, best one of /dev/serial/by-id.")
  private static let baud = Option("baud", default: 115_200, in: 50...20_000_000, "Bits per second")
  private static let spi = Option("spi", value: "PATH", "The device on SPI instead, such as /dev/spidev0.0.")
  private static let spiHertz = Option<UInt32>(
    "spi-hz", default: 500_000, in: 1000...100_000_000, "Clock of the SPI bus")
  private static let spiMode = Option<UInt8>("spi-mode", default: 0, in: 0...3, "Clock polarity and phase")
  private static let map = Option("map", value: "FILE", "Which commands are which frames; docs/EVOMIN.md.")
  private static let peer = Option("peer", default: EvominPeer.any, "What runs in the device")
  private static let dropDuplicates = Option(
    "drop-duplicates", "Only count frames that came identically within 4.5 s.")
  private static let retry = Option(
    "retry", default: .nanoseconds(usual.retryNanoseconds), in: .milliseconds(10) ... .seconds(60),
    unit: .milliseconds, "Time to the next attempt without an acknowledgement")
  private static let attempts = Option(
    "attempts", default: usual.attemptsMax, in: 1...100, "After this many a frame is given up")
  private static let gap = Option(
    "gap", default: .nanoseconds(usual.gapNanoseconds), in: .milliseconds(20) ... .seconds(10), unit: .milliseconds,
    "Silence that ends a broken frame; 20 does where no USB is between")
  private static let queue = Option(
    "queue", default: 64, in: 1...1024,
    "Frames that may wait for the device, commands with an id not counted; more wait in the bus")

  static let list: [any ProgramOption] =
    [port, baud, spi, spiHertz, spiMode, map, peer, dropDuplicates, retry, attempts, gap, queue]
    + SimulatedMicrocontroller.options

  private let bus: Bus
  private var options: GivenOptions { bus.options }

  /// - Throws: `UsageError` if it is not said which device is meant.
  init(_ bus: Bus) throws(UsageError) {
    self.bus = bus
    try bus.options.checkConnection(
      of: "the device's", real: [Self.port, Self.spi], simulation: SimulatedMicrocontroller.options)
  }

  /// How many frames may wait that are no job with an id.
  var queueMax: Int { options[Self.queue] }

  /// There is room for all jobs that may be open, besides what else may wait.
  var settings: EvominSettings {
    var settings = EvominSettings(peer: options[Self.peer])
    settings.dropsDuplicates = options[Self.dropDuplicates]
    settings.queueFramesMax = queueMax + EvominResult.frameType.retain
    settings.attemptsMax = options[Self.attempts]
    settings.byteNanoseconds = 10_000_000_000 / UInt64(options[Self.baud])
    settings.retryNanoseconds = options[Self.retry].inNanoseconds
    settings.gapNanoseconds = options[Self.gap].inNanoseconds
    return settings
  }

  /// The line that was chosen.
  ///
  /// - Parameter simulatedPath: the port of the simulated device, if there is one.
  func line(_ settings: EvominSettings, simulatedPath: String?) throws -> any DeviceLine {
    let random = EvominRandom(seed: UInt64.random(in: 0 ... .max))
    if let path = options[Self.spi] {
      let (speed, mode) = (options[Self.spiHertz], options[Self.spiMode])
      return SpiLine(path: path, settings, random: random) { () throws(SystemError) in
        SpiExchange(try SpiDevice(path: path, mode: mode, speedHertz: speed))
      }
    }
    let path = simulatedPath ?? options[Self.port] ?? ""
    return UartLine(try SerialLine(path: path, baud: options[Self.baud]), settings, random: random)
  }

  /// The map that was given, that of the simulated device, or an empty one.
  ///
  /// - Throws: `UsageError` if it cannot be read; what is wrong in it is written to standard error.
  func map(_ settings: EvominSettings) throws -> EvominMap {
    let instance = bus.configuration.instance
    guard let path = options[Self.map] else {
      return options[.sim] ? .simulated(instance: instance) : EvominMap()
    }
    do {
      let bytes = try FileDescriptor.contents(of: path, bytesMax: EvominMap.fileBytesMax)
      return try EvominMap(
        reading: bytes, path: path, instance: instance, payloadBytesMax: settings.payloadBytesMax)
    } catch let error as SettingsError {
      FileDescriptor.standardError.write(error.text)
      throw UsageError("--map: \(path) \(error.summary)")
    } catch {
      throw UsageError("--map: \(error)")
    }
  }
}
