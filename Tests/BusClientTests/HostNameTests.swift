import BusSystem
import BusTesting
import Foundation
import Testing

@testable import BusClient

@Suite("A manager at the name of a host", .timeLimit(.minutes(1)))
struct HostNameTests {
  private func configuration(_ manager: TestManager) throws -> BusConfiguration {
    var configuration = manager.configuration("client")
    guard case .tcp(_, let port) = manager.address else { return configuration }
    configuration.address = .tcp(host: "manager.test", port: port)
    return configuration
  }

  @Test("nothing waits for the name server but connect")
  func slow() throws {
    let manager = try TestManager()
    let gate = DispatchSemaphore(value: 0)
    let link = SocketLink { _, port throws(SystemError) in
      gate.wait()
      return try SocketAddress.resolve(host: "127.0.0.1", port: port)
    }
    let bus = try Bus(configuration(manager), link: link)
    for _ in 0..<10 { #expect(!bus.hasData && !bus.isConnected) }
    gate.signal()
    try bus.connect(timeout: .seconds(60))
    #expect(bus.isConnected)
    bus.stop()
  }

  @Test("a name that means nothing is reported as such")
  func unknown() throws {
    let manager = try TestManager()
    let link = SocketLink { _, port throws(SystemError) in
      try SocketAddress.resolve(host: "no such host", port: port)
    }
    let error = #expect(throws: BusError.self) { try Bus(configuration(manager), link: link).connectOnce() }
    #expect(error?.message.contains(": the host 'no such host' is not known") == true, "\(error as Any)")
  }
}
