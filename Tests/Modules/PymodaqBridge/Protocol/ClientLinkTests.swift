import PymodaqBridgeProtocol
import Testing

@Suite("A link to a TCPServer of PyMoDAQ")
struct ClientLinkTests {
  private let settings = Array("<a type=\"float\">1</a>".utf8)

  private func link(_ generation: PymodaqGeneration? = .v44) -> PymodaqClientLink {
    PymodaqClientLink(.detector, generation: generation, settings: settings)
  }

  private func bytes(_ generation: PymodaqGeneration, _ messages: PymodaqClientMessage...) -> [UInt8] {
    var writer = PymodaqWriter(generation)
    for message in messages { message.write(to: &writer) }
    return writer.bytes
  }

  private func served(_ generation: PymodaqGeneration, _ message: PymodaqServerMessage) -> [UInt8] {
    var writer = PymodaqWriter(generation)
    message.write(to: &writer)
    return writer.bytes
  }

  /// A link that is connected.
  private func connected(_ generation: PymodaqGeneration? = .v44) -> PymodaqClientLink {
    var link = link(generation)
    link.tick(at: .zero)
    link.opened(at: .zero)
    link.flushed(at: .zero)
    _ = link.actions()
    return link
  }

  @Test("says at once what it is, and shows its settings", arguments: PymodaqGeneration.allCases)
  func greets(generation: PymodaqGeneration) {
    var link = link(generation)
    #expect(link.deadline == .zero)
    link.tick(at: .zero)
    let found1 = link.actions()
    #expect(found1 == [.connect])
    link.opened(at: .zero)
    let greeting = [
      PymodaqClientLink.Action.send(bytes(generation, .identify(.detector))),
      .send(bytes(generation, .settings(xml: settings))),
    ]
    let found2 = link.actions()
    #expect(found2 == greeting)
    #expect(link.state == .greeting)
    link.flushed(at: .zero)
    let found3 = link.actions()
    #expect(found3 == [.connected(generation)])
    #expect(link.state == .connected)
  }

  @Test("reads commands however they are cut")
  func pieces() {
    var link = connected()
    for byte in served(.v44, .sendData(.zero)) + served(.v44, .moveAbsolute(PymodaqPosition(2, units: "mm"))) {
      link.receive([byte], at: .zero)
    }
    let found4 = link.actions()
    #expect(
      found4 == [.received(.sendData(.zero)), .received(.moveAbsolute(PymodaqPosition(2, units: "mm")))])
  }

  @Test("learns from a position how the server speaks, and answers in that way")
  func learns() {
    var link = connected(.v44)
    link.receive(served(.legacy, .moveAbsolute(PymodaqPosition(2))), at: .zero)
    #expect(link.generation == .legacy)
    link.send(.moveDone(PymodaqPosition(2)))
    let found5 = link.actions()
    #expect(found5.last == .send(bytes(.legacy, .moveDone(PymodaqPosition(2)))))
  }

  @Test("tries generation 5 first where it is not known, and then the usual one")
  func detects() {
    var link = connected(nil)
    #expect(link.generation == .v5)
    link.ended("closed", at: .milliseconds(200))
    let found6 = link.actions()
    #expect(found6 == [.lost("the server does not understand the greeting; trying generation 4.4")])
    link.tick(at: .milliseconds(200))
    link.opened(at: .milliseconds(200))
    let found7 = link.actions()
    #expect(
      found7 == [.connect, .send(bytes(.v44, .identify(.detector))), .send(bytes(.v44, .settings(xml: settings)))])
  }

  @Test("never greets a server of generation 5 in the old way because it went away")
  func keepsTo5() {
    var link = connected(nil)
    link.ended("closed", at: PymodaqClientLink.greetingPatience)
    #expect(link.generation == .v5)
    link.tick(at: .seconds(60))
    link.opened(at: .seconds(60))
    let found8 = link.actions()
    #expect(found8.contains(.send(bytes(.v5, .identify(.detector)))))
  }

  @Test("leaves by a farewell and waits for the end of the connection")
  func leaves() {
    var link = connected()
    link.leave(at: .zero)
    let found9 = link.actions()
    #expect(found9 == [.send(bytes(.v44, .quit))])
    #expect(link.state == .leaving)
    link.ended("closed", at: .milliseconds(100))
    #expect(link.state == .stopped && link.deadline == nil)
  }

  @Test("resets the connection if the farewell is not answered, because PyMoDAQ would wait for ever")
  func leavesBusy() {
    var link = connected()
    link.leave(at: .zero)
    _ = link.actions()
    link.tick(at: PymodaqClientLink.leavePatience)
    let found10 = link.actions()
    #expect(found10 == [.reset])
    #expect(link.state == .stopped)
  }

  @Test(
    "resets a connection on which something comes that is not understood, and connects again",
    arguments: [
      [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 2, 0xC3, 0x28],
    ] as [[UInt8]])
  func garbage(bytes: [UInt8]) {
    var link = connected()
    link.receive(bytes, at: .zero)
    let actions = link.actions()
    #expect(actions.first == .reset && actions.count == 2)
    #expect(link.state == .waiting && link.deadline == PymodaqClientLink.pauses.first)
  }

  @Test("waits longer and longer for a server that is not there, and not for ever")
  func backsOff() {
    var link = link()
    var now = Duration.zero
    var pauses: [Duration] = []
    for _ in 0..<6 {
      link.tick(at: now)
      link.ended("refused", at: now)
      pauses.append(link.deadline! - now)
      now = link.deadline!
    }
    #expect(pauses == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5)])
  }

  @Test("gives up a server that does not take the greeting")
  func stuck() {
    var link = link()
    link.tick(at: .zero)
    link.opened(at: .zero)
    _ = link.actions()
    link.tick(at: PymodaqClientLink.connectPatience)
    let found11 = link.actions()
    #expect(found11.first == .reset)
  }
}

extension PymodaqClientLink {
  mutating func actions() -> [Action] {
    var all: [Action] = []
    while let action = nextAction() { all.append(action) }
    return all
  }
}
