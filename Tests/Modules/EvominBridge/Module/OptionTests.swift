import BusTesting
import Testing

@testable import evomin_bridge

@Suite("The options of a bridge")
struct OptionTests {
  @Test(
    "that mean nothing are refused with what would",
    arguments: [
      ([], "give the device's --port or --spi, or --sim for a simulated one"),
      (["--port", "/dev/null", "--spi", "/dev/null"], "--port and --spi exclude each other"),
      (["--port", "/dev/null", "--peer", "rust"], "--peer: 'rust' is none of any, c, python, framebus"),
      (["--port", "/dev/null", "--queue", "0"], "option '--queue' takes a number from 1 to 1024, not '0'"),
      (["--port", "/dev/null", "--baud", "fast"], "option '--baud' takes a number from 50 to 20000000, not 'fast'"),
      (["--port", "/dev/null", "--gap", "5"], "option '--gap' takes a time from 20 to 10000 ms, not '5'"),
      (["--port", "/dev/null", "--sim-baud", "9600"], "--sim-baud goes with --sim only"),
      (["--sim", "--sim-firmware", "rust"], "--sim-firmware: 'rust' is none of robust, c, python"),
      (
        ["--port", "/dev/null", "--map", "/nowhere/evomin.yaml"],
        "--map: open /nowhere/evomin.yaml: No such file or directory"
      ),
    ])
  func wrong(arguments: [String], text: String) throws {
    let error = #expect(throws: UsageError.self) {
      _ = try EvominBridgeModule(bus: MockBus(options: arguments, for: EvominBridgeModule.self).bus)
    }
    #expect(error?.description == text)
  }

  @Test("set the times and limits of the line")
  func settings() throws {
    let arguments = [
      "--port", "/dev/null", "--baud", "9600", "--peer", "c", "--retry", "0.25s", "--attempts", "5", "--gap", "20",
      "--queue", "7", "--drop-duplicates",
    ]
    let mock = try MockBus(options: arguments, for: EvominBridgeModule.self)
    let settings = try BridgeOptions(mock.bus).settings
    #expect(settings.payloadBytesMax == 49 && settings.retryNanoseconds == 250_000_000 && settings.attemptsMax == 5)
    #expect(settings.gapNanoseconds == 20_000_000 && settings.queueFramesMax == 7 + 1024 && settings.dropsDuplicates)
    #expect(settings.byteNanoseconds == 1_041_666)
  }
}
