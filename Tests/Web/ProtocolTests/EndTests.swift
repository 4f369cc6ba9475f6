import Testing

@testable import WebProtocol

@Suite("The end of a WebSocket")
struct EndTests {
  // MARK: By the client

  @Test(
    "is answered with the same code, and the socket is closed after the client's",
    arguments: [1000, 1001, 1003, 1007, 1011, 1012, 1014, 3000, 4999])
  func byClient(code: UInt16) {
    let talk = Talk.open()
    talk.receive(Client.close(code, "grüß") + Client.text("too late"))
    #expect(talk.events == [.ended(.closedByClient(CloseCode(rawValue: code), reason: "grüß"))])
    #expect(Server.closeCode(talk.output) == code && talk.fate == .shutdownWriting && !talk.isOpen)
    talk.endInput()
    #expect(talk.fate == .close && talk.events.count == 1)
  }

  @Test(
    "with a code that may not be sent is a violation",
    arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
  func badCode(code: UInt16) {
    let talk = Talk.open()
    talk.receive(Client.close(code))
    #expect(Server.closeCode(talk.output) == 1002)
  }

  @Test("without a code is answered without one")
  func noCode() {
    let talk = Talk.open()
    talk.receive(Client.frame(0x88, []))
    #expect(talk.output == [0x88, 0] && talk.events == [.ended(.closedByClient(.noCode, reason: ""))])
  }

  @Test("without a close frame is a loss")
  func lost() {
    let talk = Talk.open()
    talk.receive(Client.fragment(0x01, "half"))
    talk.endInput()
    #expect(talk.events == [.ended(.lost("the connection ended without a close frame"))] && talk.fate == .close)
    let broken = Talk.open()
    broken.connection.endInput("Connection reset by peer")
    broken.take()
    #expect(broken.events == [.ended(.lost("Connection reset by peer"))])
  }

  @Test("is waited for 2 s at most")
  func lingers() {
    let talk = Talk.open()
    talk.receive(Client.close(1000))
    talk.advance(.milliseconds(1900))
    #expect(talk.fate == .shutdownWriting)
    talk.advance(.milliseconds(100))
    #expect(talk.fate == .close)
  }

  @Test("leaves the program time to answer what came before it", arguments: [Client.close(1000), [0xFF, 0xFF]])
  func lastAnswer(end: [UInt8]) {
    let talk = Talk.open()
    talk.connection.receive((Client.text("last") + end).span.bytes, now: talk.now)
    let events = talk.connection.takeEvents()
    #expect(events == [.message(.text("last"))])
    talk.send("answer")
    #expect(talk.accepted == [true])
    talk.take()
    #expect(talk.output.starts(with: Server.text("answer")))
    #expect(Server.closeCode(Array(talk.output.dropFirst(8))) == (end[0] == 0xFF ? 1002 : 1000))
    #expect(talk.events.count == 1 && talk.fate == .shutdownWriting)
  }

  // MARK: By the server

  @Test("waits for the client's close frame, and hears no message before it")
  func byServer() {
    let talk = Talk.open()
    talk.connection.close(.goingAway, "the server stops", now: talk.now)
    talk.take()
    #expect(talk.events == [.ended(.closedByServer(.goingAway, reason: "the server stops"))])
    #expect(Server.closeCode(talk.output) == 1001 && talk.fate == .keep)
    talk.send("too late")
    #expect(talk.accepted == [false])
    talk.connection.close(.normal, "again", now: talk.now)
    talk.receive(Client.text("x") + Client.fragment(0x89, ""))
    #expect(talk.events.count == 1 && talk.output.count == 20 && talk.fate == .keep)
    talk.receive(Client.close(1001))
    #expect(talk.fate == .shutdownWriting && talk.output.count == 20)
  }

  @Test("does not wait for more than 2 s, nor for one that breaks the protocol")
  func impatient() {
    let silent = Talk.open()
    silent.connection.close(.normal, "", now: silent.now)
    silent.take()
    #expect(silent.nextDeadline == silent.now + .seconds(2))
    silent.advance(.seconds(2))
    #expect(silent.fate == .close)
    let broken = Talk.open()
    broken.connection.close(.normal, "", now: broken.now)
    broken.receive([0xFF, 0xFF])
    #expect(broken.fate == .shutdownWriting && broken.output.count == 4)
    let gone = Talk.open()
    gone.connection.close(.normal, "", now: gone.now)
    gone.endInput()
    #expect(gone.fate == .close && gone.events.count == 1)
  }

  @Test("cuts a long reason between two characters, and sends no code that may not be sent")
  func reasons() {
    let talk = Talk.open()
    talk.connection.close(.normal, "x" + String(repeating: "ä", count: 100), now: talk.now)
    talk.take()
    #expect(talk.output.count == 2 + 2 + 123 && talk.text.hasSuffix("ä"))
    let none = Talk.open()
    none.connection.close(.noCode, "", now: none.now)
    none.take()
    #expect(none.output == [0x88, 0])
  }

  // MARK: By silence and by slowness

  @Test("comes after 60 s in which nothing was heard, with a ping every 20 s before")
  func silence() {
    let talk = Talk.open()
    let ping: [UInt8] = [0x89, 0]
    talk.advance(.milliseconds(19900))
    #expect(talk.output.isEmpty && talk.nextDeadline == talk.now + .milliseconds(100))
    talk.advance(.milliseconds(100))
    #expect(talk.output == ping)
    talk.receive(Client.fragment(0x8A, ""))
    talk.advance(.milliseconds(19900))
    #expect(talk.output == ping)
    talk.advance(.milliseconds(100))
    #expect(talk.output == ping + ping)
    talk.advance(.seconds(20))
    #expect(talk.output == ping + ping + ping && talk.isOpen)
    talk.advance(.seconds(20))
    #expect(talk.events == [.ended(.closedByServer(.policyViolation, reason: "nothing was heard for 60 s"))])
    talk.advance(.seconds(2))
    #expect(talk.fate == .close)
  }

  @Test("comes when more waits than may, for one that does not read")
  func slow() {
    var limits = WebLimits()
    limits.outputBytesMax = 100
    let talk = Talk.open(limits)
    // The first to wait may be of any size; what waits behind it may not.
    talk.send(String(repeating: "x", count: 5000))
    for _ in 0..<10 { talk.send("12345678") }
    talk.connection.sent(4000, now: talk.now)
    talk.take(reads: false)
    #expect(talk.accepted.allSatisfy { $0 } && talk.events.isEmpty)
    talk.send("12345678")
    talk.take(reads: false)
    #expect(talk.events == [.ended(.slow)] && talk.fate == .close)
    talk.send("12345678")
    #expect(talk.accepted.suffix(2) == [false, false])
  }

  @Test("comes for one that pings and does not read, and not for one that reads")
  func pingFlood() {
    var limits = WebLimits()
    limits.outputBytesMax = 100
    let talk = Talk.open(limits)
    for _ in 0..<1000 { talk.receive(Client.fragment(0x89, "12345678")) }
    #expect(talk.isOpen)
    let flood = (0..<20).flatMap { _ in Client.fragment(0x89, "12345678") }
    talk.receive(flood, reads: false)
    #expect(talk.events == [.ended(.slow)] && talk.fate == .close)
  }

  @Test("leaves room for as much as was read since")
  func room() {
    var queue = OutputQueue()
    var next: UInt8 = 0
    var expected: [UInt8] = []
    for round in 0..<5000 {
      let more = (0..<50).map { _ in
        next &+= 1
        return next
      }
      let hasRoom = queue.append(more, bytesMax: 200_000)
      #expect(hasRoom)
      expected += more
      let count = min(round % 97, queue.waiting.count)
      #expect(queue.waiting.prefix(count).elementsEqual(expected.prefix(count)))
      expected.removeFirst(count)
      queue.removeFirst(count)
    }
    #expect(queue.waiting.elementsEqual(expected))
    queue.removeFirst(expected.count)
    let hasRoom = queue.append(expected, bytesMax: 0)
    #expect(hasRoom)
  }

  @Test("is described for a log")
  func descriptions() {
    #expect("\(WebEnd.closedByClient(.normal, reason: ""))" == "closed by the client (1000)")
    #expect("\(WebEnd.closedByServer(.goingAway, reason: "stop"))" == "closed (1001): stop")
    #expect("\(WebEnd.lost("reset"))" == "lost: reset")
    #expect("\(WebEnd.slow)".hasPrefix("cut off: it did not read"))
  }
}
