import BusClient
import EvominBridgeProtocol

/// What the bridge was told on its command line.
struct BridgeOptions {
  static let list: [CommandOptions.Option] =
    [
      .init("port", value: "PATH", "The device's serial port, best one of /dev/serial/by-id."),
      .init("baud", value: "N", "Bits per second (115200)."),
      .init("spi", value: "PATH", "The device on SPI instead, such as /dev/spidev0.0."),
      .init("spi-hz", value: "N", "Clock of the SPI bus (500000)."),
      .init("spi-mode", value: "N", "Clock polarity and phase, 0 to 3 (0)."),
      .init("map", value: "FILE", "Which commands are which frames; docs/EVOMIN.md."),
      .init("peer", value: "NAME", "What runs in the device: any, c, python or framebus (any)."),
      .init("drop-duplicates", "Only count frames that came identically within 4.5 s."),
      .init("retry", value: "MS", "Time to the next attempt without an acknowledgement (1000)."),
      .init("attempts", value: "N", "After so many a frame is given up (3)."),
      .init("gap", value: "MS", "Silence that ends a broken frame (100); 20 does where no USB is between."),
      .init("queue", value: "N", "Frames that may wait for the device (64); more wait in the bus."),
    ] + SimulatedMicrocontroller.options

  private let bus: Bus
  private var options: CommandOptions { bus.options }

  init(_ bus: Bus) { self.bus = bus }

  /// - Throws: `UsageError` for a value that means nothing.
  func settings() throws -> EvominSettings {
    let name = options.value("peer") ?? EvominPeer.any.rawValue
    guard let peer = EvominPeer(rawValue: name) else {
      throw CommandOptions.UsageError("--peer: '\(name)' is none of any, c, python, framebus")
    }
    var settings = EvominSettings(peer: peer)
    settings.dropsDuplicates = options.has("drop-duplicates")
    settings.queueFramesMax = try options.number("queue", in: 1...1024) ?? 64
    settings.attemptsMax = try options.number("attempts", in: 1...100) ?? 3
    settings.byteNanoseconds = try 10_000_000_000 / UInt64(baud())
    if let retry = try options.number("retry", in: 10...60_000) {
      settings.retryNanoseconds = UInt64(retry) * 1_000_000
    }
    if let gap = try options.number("gap", in: 20...10_000) { settings.gapNanoseconds = UInt64(gap) * 1_000_000 }
    return settings
  }

  private func baud() throws(CommandOptions.UsageError) -> Int {
    try options.number("baud", in: 50...20_000_000) ?? 115_200
  }

  /// The line that was chosen.
  ///
  /// - Parameter simulatedPath: the port of the simulated device, if there is one.
  func line(_ settings: EvominSettings, simulatedPath: String?) throws -> any DeviceLine {
    let random = EvominRandom(seed: UInt64.random(in: 0 ... .max))
    let given = ["sim", "port", "spi"].filter { options.has($0) }.map { "--" + $0 }
    guard given.count == 1 else {
      throw CommandOptions.UsageError(
        given.isEmpty
          ? "give the device's --port or --spi, or --sim for a simulated one"
          : "\(given.joined(separator: " and ")) exclude each other")
    }
    if let path = options.value("spi") {
      let speed = UInt32(try options.number("spi-hz", in: 1000...100_000_000) ?? 500_000)
      let mode = UInt8(try options.number("spi-mode", in: 0...3) ?? 0)
      return SpiLine(path: path, settings, random: random) { () throws(SystemError) in
        SpiExchange(try SpiDevice(path: path, mode: mode, speedHertz: speed))
      }
    }
    let path = simulatedPath ?? options.value("port") ?? ""
    return UartLine(try SerialLine(path: path, baud: try baud()), settings, random: random)
  }

  /// The map that was given, that of the simulated device, or an empty one.
  ///
  /// - Throws: `UsageError` if it cannot be read; what is wrong in it is written to standard error.
  func map(_ settings: EvominSettings) throws -> EvominMap {
    let instance = bus.configuration.instance
    guard let path = options.value("map") else {
      return options.has("sim") ? .simulated(instance: instance) : EvominMap()
    }
    do {
      let bytes = try FileDescriptor.contents(of: path, bytesMax: EvominMap.fileBytesMax)
      return try EvominMap(
        reading: bytes, path: path, instance: instance, payloadBytesMax: settings.payloadBytesMax)
    } catch let error as EvominMapError {
      FileDescriptor.standardError.write(error.text)
      throw CommandOptions.UsageError("--map: \(path) has \(error.count) error\(error.count == 1 ? "" : "s")")
    } catch {
      throw CommandOptions.UsageError("--map: \(error)")
    }
  }
}
