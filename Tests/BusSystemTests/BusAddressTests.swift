import BusSystem
import Testing

@Suite("Bus addresses")
struct BusAddressTests {
  @Test("TCP addresses and paths are told apart, and come back as they were written")
  func parses() throws {
    #expect(try BusAddress("127.0.0.1:5000") == .tcp(host: "127.0.0.1", port: 5000))
    #expect(try BusAddress("[::1]:7") == .tcp(host: "::1", port: 7))
    #expect(try BusAddress("/run/framebus/bus.sock") == .unix(path: "/run/framebus/bus.sock"))
    #expect(try BusAddress("unix:bus.sock") == .unix(path: "bus.sock"))
    for text in ["127.0.0.1:5000", "[::1]:7", "/run/framebus/bus.sock", "unix:bus.sock"] {
      #expect(try BusAddress(text).description == text)
    }
  }

  @Test(
    "what is no address is told why",
    arguments: [
      ("", "'' is no bus address; write HOST:PORT such as 127.0.0.1:5000, or the path of a Unix socket"),
      (
        "localhost",
        "'localhost' is no bus address; write HOST:PORT such as 127.0.0.1:5000, or the path of a Unix socket"
      ),
      (":5000", "':5000' has no host; write 127.0.0.1:5000 for this machine"),
      ("::1:5000", "'::1:5000': put an IPv6 address in brackets, such as [::1]:5000"),
      ("unix:", "'unix:' has no path after 'unix:'"),
      ("h:65536", "'h:65536' is no bus address; write HOST:PORT such as 127.0.0.1:5000, or the path of a Unix socket"),
    ])
  func refuses(_ text: String, _ message: String) {
    let error = #expect(throws: BusAddress.ParseError.self) { try BusAddress(text) }
    #expect(error?.description == message)
  }

  @Test("a path that does not fit a socket address is refused")
  func longPath() {
    #expect(throws: BusAddress.ParseError.self) { try BusAddress("/" + String(repeating: "x", count: 107)) }
  }
}
