import BusSystem
import BusWire
import Foundation
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("The end of the manager", .serialized, .ownThread)
struct ShutdownTests {
  @Test("everyone reads what was queued, then GOODBYE; the socket file is gone", arguments: [SIGTERM, SIGINT, SIGQUIT])
  func goodbye(_ signal: Int32) throws {
    let folder = try TemporaryFolder()
    // On a busy machine the one who says nothing would else be cut off before the end.
    let manager = try Manager(["--hello-timeout", "10min"], folder: folder)
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(NumberedBlock.type)])
    let sender = try RawClient(manager.unix, "sender")
    let silent = try RawClient(manager.unix)
    let (count, _) = try NumberedBlock.send(by: sender)
    manager.program.signal(signal)
    try manager.program.waitForLog("event=stopping")
    var numbers: [UInt32] = []
    var frame = try receiver.next()
    while frame.header.type == NumberedBlock.type {
      numbers.append(frame.number)
      frame = try receiver.next()
    }
    let all = numbers.count + Int(receiver.lost)
    #expect(numbers.count > 1024 && all <= count, "the queue of 1 MiB is read to its end")
    #expect(numbers.last == UInt32(all - 1), "what is missing was counted")
    #expect(try Goodbye(payload: frame.payload).code == .shutdown)
    #expect(throws: RawClient.Ended.self) { try receiver.next() }
    for client in [sender, silent] { #expect(try client.expectGoodbye(.shutdown) == "the manager is shutting down") }
    for client in [receiver, sender, silent] { client.close() }
    #expect(try manager.program.exitCode() == 0)
    #expect(!folder.exists("bus.sock"))
    try manager.program.waitForLog("event=stopped")
  }

  @Test("clients that do not read, stop or die do not keep it from ending")
  func stubborn() throws {
    let manager = try Manager()
    let deaf = try RawClient(manager.tcp, "deaf", listen: [.type(NumberedBlock.type)])
    let sender = try RawClient(manager.tcp, "sender")
    let led = try manager.module("led-module")
    try manager.program.waitForLog("event=joined", "module=led")
    let dying = try manager.module("led-module", ["--name", "dying"])
    try manager.program.waitForLog("event=joined", "module=dying")
    _ = try NumberedBlock.send(by: sender)
    led.signal(SIGSTOP)
    manager.program.signal(SIGTERM)
    dying.signal(SIGKILL)
    manager.program.signal(SIGTERM)
    #expect(try manager.program.exitCode() == 0)
    deaf.close()
  }

  @Test("nobody is there: it ends at once")
  func alone() throws {
    let manager = try Manager()
    let client = try RawClient(manager.tcp, "client")
    try client.send(Goodbye(code: .leaving, text: "bye"))
    #expect(try client.expectGoodbye(.leaving) == "goodbye")
    client.close()
    try manager.program.waitForLog("event=left", "module=client", "reason=bye")
    manager.program.signal(SIGTERM)
    #expect(try manager.program.exitCode() == 0)
  }
}
