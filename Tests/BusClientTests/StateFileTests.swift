import BusTesting
import TestSupport
import Testing

@testable import BusClient

@Suite("A module's state file")
struct StateFileTests {
  private func bus(_ folder: TemporaryFolder) throws -> Bus {
    var configuration = BusConfiguration(name: "bar")
    configuration.stateFolder = folder.path("state")
    configuration.log = Log(level: .info) { _ in }
    return try Bus(configuration)
  }

  @Test("has what was written last, also for the next process")
  func kept() throws {
    let folder = try TemporaryFolder()
    do {
      let file = try StateFile("setup", of: bus(folder))
      #expect(file.contents() == [] && file.problem == nil)
      file.replace(with: Array("one, which is longer".utf8))
      file.replace(with: Array("two".utf8))
      #expect(file.contents() == Array("two".utf8))
    }
    #expect(try StateFile("setup", of: bus(folder)).contents() == Array("two".utf8))
    #expect(try folder.text(of: "state/bar-0/setup") == "two")
  }

  @Test("belongs to one process at a time")
  func taken() throws {
    let folder = try TemporaryFolder()
    let first = try StateFile("setup", of: bus(folder))
    #expect(throws: BusError.self) { _ = try StateFile("setup", of: bus(folder)) }
    #expect(first.problem == nil)
  }

  @Test("that cannot be had is a problem and no error")
  func none() throws {
    let folder = try TemporaryFolder()
    try folder.write("in the way", to: "state")
    let file = try StateFile("setup", of: bus(folder))
    #expect(file.problem?.contains("state") == true && file.contents() == [])
    file.replace(with: [1])
    #expect(file.problem != nil)
  }
}
