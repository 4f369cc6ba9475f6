import BusSystem
import DeviceIO
import Glibc
import Testing

@Suite("A child process", .serialized)
struct ChildProcessTests {
  @Test("gets what is written, and what it writes is read")
  func exchange() throws {
    let child = try ChildProcess("/bin/cat", arguments: ["cat"])
    #expect(child.write(Array("hello".utf8)))
    child.descriptor.waitUntilReadable()
    var bytes: [UInt8] = []
    #expect(child.read(into: &bytes))
    #expect(bytes == Array("hello".utf8))
    #expect(child.read(into: &bytes) && bytes.count == 5)
    #expect(child.end(within: .seconds(60)) == .exited(0))
    #expect(!child.write([1]) && !child.read(into: &bytes))
  }

  @Test("has a group of its own, and no signal blocked or ignored")
  func surroundings() throws {
    let child = try ChildProcess(
      "/bin/sh",
      arguments: ["sh", "-c", "exec grep -E 'Sig(Blk|Ign)' /proc/self/status"])
    child.descriptor.waitUntilReadable()
    #expect(getpgid(child.id) == child.id)
    let masks = String(decoding: child.descriptor.readBytes(50), as: UTF8.self).split(separator: "\n")
      .compactMap { UInt64($0.suffix(16), radix: 16) }
    // The two signals above 31 are the C library's own.
    #expect(masks.map { $0 & 0x7FFF_FFFF } == [0, 0])
    _ = child.end(within: .seconds(60))
  }

  @Test("whose code is not zero, that kills itself or is killed is reported so")
  func endings() throws {
    #expect(try ChildProcess("/bin/sh", arguments: ["sh", "-c", "exit 3"]).end(within: .seconds(60)) == .exited(3))
    #expect(
      try ChildProcess("/bin/sh", arguments: ["sh", "-c", "kill -9 $$"]).end(within: .seconds(60)) == .killed(SIGKILL))
    let deaf = try ChildProcess("/bin/sleep", arguments: ["sleep", "1000"])
    #expect(deaf.end(within: .milliseconds(20)) == .killed(SIGKILL))
    #expect(kill(deaf.id, 0) != 0)
  }

  @Test("that does not read takes so much and no more, without anybody waiting")
  func full() throws {
    let child = try ChildProcess("/bin/sleep", arguments: ["sleep", "1000"])
    var count = 0
    while child.write([UInt8](repeating: 0, count: 4096)) { count += 1 }
    #expect(count > 0 && count < 10_000)
    child.kill()
  }

  @Test("whose program is not there is an error that names it")
  func missing() {
    let error = #expect(throws: SystemError.self) { _ = try ChildProcess("/no/such/program", arguments: ["x"]) }
    #expect(error?.description == "start /no/such/program: No such file or directory")
  }

  @Test("ends with its owner, and is not left behind")
  func owner() throws {
    let id = try ChildProcess("/bin/cat", arguments: ["cat"]).id
    #expect(kill(id, 0) != 0 && errno == ESRCH)
  }
}
