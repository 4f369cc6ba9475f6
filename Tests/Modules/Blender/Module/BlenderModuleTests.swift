import BusClient
import BusTesting
import Frames
import Testing

@testable import blender

@Suite("The module of blender")
struct BlenderModuleTests {
  private func refusal(_ options: [String]) -> String? {
    do {
      let mock = try MockBus(options: options, for: BlenderModule.self)
      var module = try BlenderModule(bus: mock.bus)
      module.stop()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("refuses a command line that makes no sense")
  func options() {
    #expect(refusal([])?.contains("--gpio or --arduino, or --sim") == true)
    #expect(refusal(["--sim", "--gpio"]) == "--sim and --gpio exclude each other")
    #expect(refusal(["--gpio", "--sim-lines", "x"]) == "--sim-lines goes with --sim only")
    #expect(
      refusal(["--gpio", "--websocket", "127.0.0.1:0", "--no-websocket"])
        == "--websocket and --no-websocket exclude each other")
    #expect(refusal(["--gpio", "--config", "/no/such.yaml"])?.contains("/no/such.yaml") == true)
    #expect(refusal(["--gpio", "--websocket", "/tmp/x.sock"])?.contains("give HOST:PORT") == true)
  }
}
