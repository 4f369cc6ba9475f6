import BusSystem
import Testing
import WebProtocol

@testable import ProgramSupport
@testable import WebServer

@Suite("A web server", .ownThread)
struct WebServerTests {
  private let page = WebPage(path: "/", contentType: "text/html; charset=utf-8", bytes: Array("<p>Hello".utf8))

  private static func echo(_ world: World, _ event: WebEvent) {
    if case .message(let client, let message) = event { world.server.send(message, to: client) }
  }

  // MARK: Pages

  @Test("shows its pages, and 404 for what the program does not answer", arguments: ["127.0.0.1", "::1"])
  func pages(host: String) throws {
    let world = try World(WebSettings(pages: [page]), host: host)
    let name = host == "::1" ? "[::1]" : host
    let hello = try world.connect()
    hello.say(hello.get("/?x=1", host: name))
    try world.run("a page") { hello.isAtEnd }
    #expect(hello.text.hasPrefix("HTTP/1.1 200 OK\r\n") && hello.text.hasSuffix("\r\n\r\n<p>Hello"))

    let nothing = try world.connect()
    nothing.say(nothing.get("/nothing"))
    try world.run("a 404") { nothing.isAtEnd }
    #expect(nothing.text.hasPrefix("HTTP/1.1 404 ") && nothing.text.hasSuffix("There is nothing here.\n"))

    world.program = { world, event in
      guard case .request(let client, let head) = event else { return }
      #expect(world.server.peer(of: client) != nil)
      world.server.respond(WebResponse(contentType: "image/png", body: Array(head.path.utf8)), to: client)
    }
    let own = try world.connect()
    own.say(own.get("/own"))
    try world.run("the program's answer") { own.isAtEnd }
    #expect(own.text.contains("\r\nContent-Type: image/png\r\n") && own.text.hasSuffix("\r\n\r\n/own"))

    for browser in [hello, nothing, own] { browser.shutdown() }
    try world.run("the end of all connections") { world.server.connectionCount == 0 }
    #expect(world.server.nextDeadline == nil)
  }

  @Test("sends a page of any size to a browser that reads slowly")
  func largePage() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let world = try World(WebSettings(pages: [WebPage(path: "/", contentType: "image/png", bytes: bytes)]))
    let browser = try world.connect()
    browser.reads = false
    browser.say(browser.get("/"))
    for _ in 0..<20 { world.turn() }
    browser.reads = true
    try world.run("all of the page") { browser.isAtEnd }
    #expect(browser.received.suffix(bytes.count).elementsEqual(bytes))
  }

  @Test("may be asked by the address that it was reached at, and not by another name")
  func names() throws {
    let world = try World(WebSettings(pages: [page]), host: "0.0.0.0")
    for (host, status) in [("127.0.0.1", 200), ("127.0.0.2", 421), ("evil.example", 421)] {
      let browser = try world.connect()
      browser.say(browser.get("/", host: host))
      try world.run("an answer") { browser.isAtEnd }
      #expect(browser.text.hasPrefix("HTTP/1.1 \(status) "))
    }
  }

  // MARK: WebSockets

  @Test("reports who comes, what they say and who goes, and sends to one or to all")
  func webSockets() throws {
    let world = try World()
    let first = try world.open()
    let second = try world.open()
    guard case .connected(let one, let head) = world.events[0], case .connected(let two, _) = world.events[1] else {
      Issue.record("\(world.events)")
      return
    }
    #expect(head.path == "/screen" && one != two)
    second.sayText("hi")
    try world.run("a message") { world.events.count == 3 }
    #expect(world.events[2] == .message(two, .text("hi")))
    let isSent = world.server.send("to one", to: one)
    world.server.broadcast("to all")
    world.server.flush()
    #expect(isSent)
    try world.run("what was sent") { first.received.count == 16 && second.received.count == 8 }
    #expect(first.text.contains("to one") && first.text.hasSuffix("to all") && second.text.hasSuffix("to all"))

    second.say([0x88, 0x80, 0, 0, 0, 0])
    try world.run("the end") { second.isAtEnd }
    #expect(world.events.last == .disconnected(two, .closedByClient(.noCode, reason: "")))
    let isGone = !world.server.send("x", to: two)
    #expect(isGone)
    first.shutdown()
    try world.run("a loss") { world.events.count == 5 }
    #expect(world.events.last == .disconnected(one, .lost("the connection ended without a close frame")))
  }

  @Test("has the caller called again for what was sent without a flush")
  func unflushed() throws {
    let world = try World()
    let browser = try world.open()
    #expect(world.server.nextDeadline.map { $0 > world.now } == true)
    world.server.broadcast("x")
    #expect(world.server.nextDeadline == world.now)
    try world.run("the text") { browser.text.hasSuffix("x") }
  }

  @Test("wakes by one descriptor, and only when there is something to do")
  func descriptor() throws {
    let world = try World()
    let browser = try world.open()
    world.turn()
    #expect(!world.server.descriptor.isReadable)
    browser.sayText("x")
    try Deadline.wait(for: "readable") { world.server.descriptor.isReadable }
    world.turn()
    #expect(!world.server.descriptor.isReadable && world.events.count == 2)
    _ = try world.connect()
    try Deadline.wait(for: "readable") { world.server.descriptor.isReadable }
  }

  @Test("serves 100 browsers while one never reads, and that one is cut off and counted")
  func neverReads() throws {
    let world = try World()
    world.program = Self.echo
    let browsers = try (0..<100).map { _ in try world.open() }
    let stubborn = try world.open()
    stubborn.reads = false
    let line = String(repeating: "x", count: 100)
    var rounds = 0
    while world.server.counters.slow == 0 {
      for _ in 0..<500 { stubborn.sayText(line) }
      for browser in browsers { browser.sayText("round") }
      rounds += 1
      try world.run("100 answers") { browsers.allSatisfy { $0.received.count == rounds * 7 } }
      try #require(rounds < 1000)
    }
    let end = world.events.last { if case .disconnected = $0 { true } else { false } }
    guard case .disconnected(_, .slow) = end else {
      Issue.record("\(String(describing: end))")
      return
    }
    #expect(world.server.connectionCount == 100)
  }

  @Test("pings a browser that is silent, and closes it after a minute")
  func silence() throws {
    let world = try World()
    let browser = try world.open()
    world.now += .seconds(20)
    try world.run("a ping") { browser.received == [0x89, 0] }
    world.now += .seconds(40)
    try world.run("a close frame") { browser.text.hasSuffix("nothing was heard for 60 s") }
    world.now += .seconds(2)
    try world.run("the end") { browser.isAtEnd && world.server.connectionCount == 0 }
  }

  // MARK: Limits

  @Test("answers 503 to whoever comes when it is full, and serves again when there is room")
  func full() throws {
    var settings = WebSettings(pages: [page])
    settings.clientsMax = 2
    let world = try World(settings)
    let first = try world.open()
    _ = try world.open()
    let third = try world.connect()
    third.say(third.upgrade)
    try world.run("a 503") { third.isAtEnd }
    #expect(third.text.hasPrefix("HTTP/1.1 503 ") && world.server.counters.refused == 1)

    let crowd = try (0..<40).map { _ in try world.connect() }
    try world.run("those beyond the limit are gone") { crowd.count(where: \.isAtEnd) > 20 }
    #expect(world.server.connectionCount <= 2 + 17)
    first.say([0x88, 0x80, 0, 0, 0, 0])
    first.shutdown()
    try world.run("room") { first.isAtEnd }
    let fourth = try world.connect()
    fourth.say(fourth.get("/"))
    try world.run("a page") { fourth.isAtEnd }
    #expect(fourth.text.hasPrefix("HTTP/1.1 200 "))
  }

  @Test("closes everything in order when it stops, and takes nobody any more")
  func stop() throws {
    let world = try World(WebSettings(pages: [page]))
    let polite = try world.open()
    let rude = try world.open()
    let asking = try world.connect()
    try world.run("a third connection") { world.server.connectionCount == 3 }
    world.server.stop("the bar closes")
    try world.run("close frames") { [polite, rude].allSatisfy { $0.text.hasSuffix("the bar closes") } }
    try world.run("the end of the one that asked nothing") { asking.isAtEnd }
    let late = try world.connect()
    try world.run("a refusal") { late.isAtEnd }
    #expect(world.server.connectionCount <= 2)
    polite.say([0x88, 0x80, 0, 0, 0, 0])
    polite.shutdown()
    try world.run("the polite one's end") { polite.isAtEnd && world.server.connectionCount == 1 }
    world.now += .seconds(2)
    try world.run("the rude one's end") { rude.isAtEnd && world.server.connectionCount == 0 }
  }

  @Test("names the address, the cause and what to do when it cannot listen")
  func cannotListen() throws {
    let world = try World()
    #expect {
      _ = try WebServer(world.address, WebSettings())
    } throws: { error in
      let text = "\(error)"
      return text.contains("\(world.address)") && text.contains("Address already in use")
        && text.contains("another port")
    }
    #expect {
      _ = try WebServer(.tcp(host: "192.0.2.1", port: 8765), WebSettings())
    } throws: {
      "\($0)".contains("192.0.2.1:8765: Cannot assign")
    }
  }
}
