import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("__name__ on a real bus", .ownThread)
struct __Name__ProgramTests {
  @Test("its readings reach a listener, and it ends in order")
  func runs() throws {
    let manager = try Manager()
    let folder = try TemporaryFolder()
    let module = try manager.module("__name__", ["--sim", "--sim-path", folder.path("tty")])
    let person = try Person(manager.tcp, [.__lower__Reading, .__lower__Status])
    try person.expect(__Name__Status.self, module.errors.all) { $0.link == .connected }
    try person.send(__Name__Simulate(event: .temperature, value: -250))
    try person.expect(__Name__Reading.self) { $0.temperature == -2.5 }
    module.signal(SIGTERM)
    #expect(try module.exitCode() == 0)
  }
}
