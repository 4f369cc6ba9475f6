import BusSystem
import DeviceIO
import Glibc
import TestSupport
import Testing

@Suite("Pseudo-terminals")
struct PseudoTerminalTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("the simulator waits in peace while nobody has the other side open, before and after somebody had")
  func nobody() throws {
    let device = try PseudoTerminal()
    for _ in 0..<2 {
      #expect(device.descriptor.isReadable == false)
      #expect(device.descriptor.readOnce() == .wouldBlock)
      let port = try SerialPort(path: device.path, baud: 9600)
      #expect(device.descriptor.readOnce() == .wouldBlock)
      _ = consume port
    }
  }

  @Test("a write that nobody reads comes to its end, and does not wait")
  func full() throws {
    let device = try PseudoTerminal()
    let count = device.descriptor.writeBytes([UInt8](repeating: 0, count: 1 << 20))
    #expect(count >= 4096 && count < 1 << 20)
  }

  @Test("closed, it looks like a plug that was pulled")
  func unplugged() throws {
    let device = try PseudoTerminal()
    let port = try SerialPort(path: device.path, baud: 9600)
    device.unplug()
    #expect(port.descriptor.isReadable == true)
    #expect(port.descriptor.readOnce() == .endOfStream)
    let write = withUnsafeBytes(of: UInt8(1)) { port.descriptor.write($0) }
    guard case .failed(let error) = write else {
      Issue.record("\(write)")
      return
    }
    #expect(error.code == SystemError.inputOutput)
  }

  @Test("a link that a killed simulator left is replaced, also by one that got the same number")
  func sameNumber() throws {
    let link = folder.path("device")
    // Tests beside this one may get the number first.
    for _ in 0..<100 {
      let killed = try PseudoTerminal()
      let path = killed.path
      killed.unplug()
      unlink(link)
      try #require(symlink(path, link) == 0)
      guard let next = try? PseudoTerminal(link: link) else { continue }
      if next.path == path { return }
    }
    Issue.record("none got the same number")
  }

  @Test("a link leads to it as long as it is plugged in, and to the next one after")
  func link() throws {
    let link = folder.path("device")
    let first = try PseudoTerminal(link: link)
    #expect(first.link == link)
    let firstPath = first.path
    #expect(folder.target("device") == firstPath)
    let port = try SerialPort(path: link, baud: 9600)
    first.unplug()
    #expect(folder.target("device") == nil)
    let second = try PseudoTerminal(link: link)
    #expect(second.path != firstPath, "somebody still has the old one open")
    #expect(folder.target("device") == second.path)
    _ = consume port
  }

  @Test("a link that a dead simulator left is replaced, also if its number means another terminal now")
  func stale() throws {
    try folder.makeLink("gone", to: "/dev/pts/4000000")
    let other = try Self.openTerminal()
    defer { close(other.master) }
    try folder.makeLink("other", to: other.path)
    for name in ["gone", "other"] {
      let device = try PseudoTerminal(link: folder.path(name))
      #expect(folder.target(name) == device.path)
      device.unplug()
    }
  }

  @Test("a link of a simulator that runs is left alone")
  func taken() throws {
    let link = folder.path("device")
    let device = try PseudoTerminal(link: link)
    let error = #expect(throws: SystemError.self) { _ = try PseudoTerminal(link: link) }
    #expect(error?.code == SystemError.busy)
    #expect(
      error?.description == "link \(link) to a pseudo-terminal: Device or resource busy; "
        + "another simulator is there; end it or choose another path")
    #expect(folder.target("device") == device.path)
    #expect(device.descriptor.readOnce() == .wouldBlock)
  }

  @Test("anything else at the path of the link is left alone", arguments: ["/dev/null", "nowhere", nil])
  func inTheWay(_ target: String?) throws {
    let link = folder.path("device")
    if let target {
      try folder.makeLink("device", to: target)
    } else {
      close(open(link, O_CREAT | O_WRONLY, 0o600))
    }
    let error = #expect(throws: SystemError.self) { _ = try PseudoTerminal(link: link) }
    #expect(error?.code == SystemError.fileExists)
    #expect(
      error?.description == "link \(link) to a pseudo-terminal: File exists; "
        + "something else is there; remove it or choose another path")
    #expect(folder.target("device") == target)
    #expect(access(folder.path("device"), F_OK) == (target == "nowhere" ? -1 : 0))
  }

  @Test("a link that leads to another one by now is not removed")
  func foreignLink() throws {
    let device = try PseudoTerminal(link: folder.path("device"))
    unlink(folder.path("device"))
    try folder.makeLink("device", to: "/dev/pts/4000000")
    device.unplug()
    #expect(folder.target("device") == "/dev/pts/4000000")
  }

  @Test("a folder that is not there is an error")
  func noFolder() {
    let error = #expect(throws: SystemError.self) { _ = try PseudoTerminal(link: folder.path("no/device")) }
    #expect(error?.code == SystemError.noSuchFile)
  }

  /// A terminal that no simulator has.
  private static func openTerminal() throws -> (master: Int32, path: String) {
    let raw = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(raw >= 0)
    var unlocked: Int32 = 0
    var number: Int32 = -1
    let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    try #require(ioctl(raw, setLock, &unlocked) == 0 && ioctl(raw, getNumber, &number) == 0)
    return (raw, "/dev/pts/\(number)")
  }
}
