import BusSystem
import BusWire
import Testing

@testable import BusClient

/// A link whose other end closes each connection at once.
private final class ClosingLink: Link {
  private(set) var calls: [String] = []
  let monotonicTime: UInt64 = 1
  let wallTime: UInt64 = 1
  private let sends: Transfer

  init(sends: Transfer) { self.sends = sends }

  func random(below bound: UInt64) -> UInt64 { 0 }
  func open(_ address: BusAddress) throws(SystemError) { calls.append("open \(address)") }
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer { .endOfStream }
  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer { sends }
  func endSending() { calls.append("end") }
  func close() { calls.append("close") }
  func wait(
    forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64
  ) -> [FileDescriptor] { [] }
}

@Suite("The driver of a session")
struct SessionDriverTests {
  @Test("closes what it opened before it opens the next address, and at the end", arguments: [false, true])
  func closes(takesBytes: Bool) {
    let link = ClosingLink(sends: takesBytes ? .wouldBlock : .endOfStream)
    let driver = SessionDriver(link, addresses: [.tcp(host: "a", port: 1), .tcp(host: "b", port: 2)])
    let bench = SessionBench()
    for _ in 0..<2 { driver.exchange(&bench.session) }
    #expect(link.calls.filter { $0 != "close" } == ["open a:1", "open b:2"])
    #expect(link.calls.suffix(3) == ["close", "open b:2", "close"])
    #expect(
      bench.lastFailure?.message
        == "no manager is there (first: closed by the other end; second: closed by the other end); "
        + "start one with bus-manager")
  }
}
