import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("blender on a real bus", .ownThread)
struct BlenderProgramTests {
  @Test("says that it is there, and ends in order")
  func runs() throws {
    let manager = try Manager()
    let module = try manager.module("blender", ["--sim", "--no-websocket"])
    let person = try Person(manager.tcp, [.blenderStatus])
    try person.expect(BlenderStatus.self, module.errors.all)
    module.signal(SIGTERM)
    #expect(try module.exitCode() == 0)
  }
}
