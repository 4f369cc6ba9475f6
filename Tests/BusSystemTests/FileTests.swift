import BusSystem
import Glibc
import TestSupport
import Testing

@Suite("Files that are read whole")
struct FileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a file comes whole, and of a longer one no more than shows that it is")
  func whole() throws {
    try folder.write("commands", to: "map")
    #expect(try FileDescriptor.contents(of: folder.path("map"), bytesMax: 8) == Array("commands".utf8))
    #expect(try FileDescriptor.contents(of: folder.path("map"), bytesMax: 5) == Array("comman".utf8))
  }

  @Test("a pipe without a writer is empty, and one whose writer says nothing is not waited for for ever")
  func pipe() throws {
    let path = folder.path("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    #expect(try FileDescriptor.contents(of: path, bytesMax: 8) == [])
    let raw = open(path, O_RDWR | O_CLOEXEC)
    try #require(raw >= 0)
    defer { close(raw) }
    #expect(FileDescriptor(rawValue: raw).write("on"))
    let error = #expect(throws: SystemError.self) {
      try FileDescriptor.contents(of: path, bytesMax: 8, patience: .milliseconds(1))
    }
    #expect(error?.code == ETIMEDOUT)
  }

  @Test("a folder and a file that is not there are told by name")
  func absent() {
    for path in [folder.path("."), folder.path("none")] {
      let error = #expect(throws: SystemError.self) { try FileDescriptor.contents(of: path, bytesMax: 8) }
      #expect(error?.call.contains(path) == true)
    }
  }
}
