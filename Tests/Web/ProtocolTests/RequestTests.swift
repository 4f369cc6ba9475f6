import Testing

@testable import WebProtocol

@Suite("An HTTP request")
struct RequestTests {
  /// The status that answers some bytes, and the text behind its head.
  private func answer(_ request: String, _ policy: WebPolicy = WebPolicy()) -> (status: Int, text: String) {
    let talk = Talk(WebLimits(), policy)
    talk.receive(request)
    let status = talk.text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (status ?? 0, talk.text.components(after: "\r\n\r\n"))
  }

  @Test("is reported with its path, its parameters and its fields, and answered once")
  func reported() throws {
    let talk = Talk()
    talk.receive(Client.get("/a%20b/%C3%A4?x=1&token=a%26b&flag", "X-Thing:  two words\t", "X-THING: more"))
    guard case .request(let head) = talk.events.first, talk.events.count == 1 else {
      Issue.record("no request")
      return
    }
    #expect(head.method == .get && head.path == "/a b/ä")
    #expect(head.query == [.init("x", "1"), .init("token", "a&b"), .init("flag", "")])
    #expect(head["x-thing"] == "two words, more" && head["x-other"] == nil && head.parameter("x") == "1")
    #expect(talk.output.isEmpty && talk.fate == .keep)
    talk.connection.respond(WebResponse(contentType: "text/html", body: Array("<p>".utf8)), now: talk.now)
    talk.take()
    #expect(
      talk.text.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\nConnection: close\r\n"))
    #expect(talk.text.hasSuffix("\r\n\r\n<p>") && talk.fate == .shutdownWriting)
    for field in [
      "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
      "Content-Security-Policy: default-src 'self'; connect-src 'self' ws://localhost:8765;",
    ] {
      #expect(talk.text.contains("\r\n\(field)"), "\(field)")
    }
    let before = talk.output
    talk.connection.respond(WebResponse(.notFound, "again"), now: talk.now)
    talk.take()
    #expect(talk.output == before)
    talk.endInput()
    #expect(talk.fate == .close)
  }

  @Test("of HEAD gets the head alone")
  func head() {
    let talk = Talk()
    talk.receive("HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n")
    talk.connection.respond(WebResponse(contentType: "text/plain", body: [1, 2, 3]), now: talk.now)
    talk.take()
    #expect(talk.text.contains("Content-Length: 3\r\n") && talk.text.hasSuffix("\r\n\r\n"))
  }

  @Test(
    "that is none is refused with a sentence",
    arguments: [
      ("GET /\r\n\r\n", 400, "METHOD TARGET"), ("GET  / HTTP/1.1\r\n\r\n", 400, "METHOD TARGET"),
      ("\r\n\r\n", 400, "missing"), ("G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "METHOD TARGET"),
      ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505, "HTTP/1.1"),
      ("GET / SPDY/1\r\nHost: localhost\r\n\r\n", 400, "HTTP/1.1"),
      ("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "GET and HEAD"),
      ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "begins with '/'"),
      ("GET /%4 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "two hexadecimal digits"),
      ("GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "not text"),
      ("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "not text"),
      ("GET / HTTP/1.1\r\n\r\n", 400, "exactly one host"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, "exactly one host"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: a\r\nOrigin: b\r\n\r\n", 400, "at most one origin"),
      ("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400, "a name, a colon"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400, "a name, a colon"),
      ("GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400, "carriage return"),
      ("GET / HTTP/1.1\r\nHost: local\u{1}host\r\n\r\n", 400, "control characters"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 413, "no body"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 413, "no body"),
      ("\u{16}\u{3}\u{1}", 400, "not https"),
      ("GET /" + String(repeating: "x", count: 9000), 431, "longer than 8192 bytes"),
    ])
  func refused(request: String, status: Int, words: String) {
    let answer = answer(request)
    #expect(answer.status == status && answer.text.contains(words), "\(answer)")
  }

  @Test("is the same whether it comes whole or byte by byte, up to the last byte that is allowed")
  func pieces() {
    let start = "GET / HTTP/1.1\r\nHost: localhost\r\nX: "
    for length in [8190, 8191, 8192, 8193] {
      let request = Array((start + String(repeating: "x", count: length - start.utf8.count - 4) + "\r\n\r\n").utf8)
      let whole = Talk()
      whole.receive(request)
      let pieces = Talk()
      for byte in request { pieces.receive([byte]) }
      #expect(whole.output == pieces.output)
      #expect(whole.events == pieces.events && whole.events.isEmpty == (length > 8192), "\(length)")
    }
  }

  @Test("must come in 10 s, a first one in 30 s, and its answer must be taken within 30 s")
  func times() {
    let idle = Talk()
    idle.advance(.milliseconds(29900))
    #expect(idle.fate == .keep && idle.nextDeadline == .seconds(130))
    idle.advance(.milliseconds(100))
    #expect(idle.fate == .close && idle.output.isEmpty)

    let slow = Talk()
    slow.advance(.seconds(20))
    slow.receive("GET")
    slow.advance(.seconds(9))
    slow.receive(" / ")
    #expect(slow.nextDeadline == .seconds(130))
    slow.advance(.seconds(1))
    #expect(slow.text.hasPrefix("HTTP/1.1 408 ") && slow.fate == .shutdownWriting)
    slow.advance(.seconds(2))
    #expect(slow.fate == .close)

    let stuck = Talk()
    stuck.receive(Client.get())
    stuck.connection.respond(WebResponse(.notFound, "x"), now: stuck.now)
    stuck.advance(.seconds(29), reads: false)
    stuck.connection.sent(1, now: stuck.now)
    stuck.advance(.seconds(29), reads: false)
    #expect(stuck.fate == .keep)
    stuck.advance(.seconds(1), reads: false)
    #expect(stuck.fate == .close)
  }

  @Test("is answered even when the client has closed its side")
  func halfClosed() {
    let talk = Talk()
    talk.receive(Client.get())
    talk.endInput()
    talk.connection.respond(WebResponse(.notFound, "x"), now: talk.now)
    talk.take()
    #expect(talk.text.hasPrefix("HTTP/1.1 404 ") && talk.fate == .close)
  }

  @Test("beyond the limit of connections is answered with 503, whatever it asks for")
  func full() {
    let talk = Talk(isRefused: true)
    talk.receive(Client.upgrade())
    #expect(talk.text.hasPrefix("HTTP/1.1 503 ") && talk.events.isEmpty)
  }

  // MARK: Policy

  @Test(
    "is served under the names that mean this machine and those that are configured",
    arguments: [
      ("localhost", true), ("LOCALHOST:8765", true), ("127.0.0.1:8765", true), ("[::1]:8765", true), ("[::1]", true),
      ("192.168.1.5:8765", true), ("bar.local:80", true), ("evil.example", false), ("127.0.0.1.evil.example", false),
      ("localhost.evil.example:8765", false), ("192.168.1.6", false), ("", false), ("localhost:", false),
      ("localhost:x", false), ("localhost:+1", false), ("::1", false), ("user@localhost", false), ("localhost.", false),
    ])
  func host(host: String, isAllowed: Bool) {
    let answer = answer("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", WebPolicy(hosts: ["Bar.local"]))
    #expect(answer.status == (isAllowed ? 0 : 421))
    #expect(isAllowed || answer.text.contains("configure the name"))
  }

  @Test(
    "may come from a page of the same server, of localhost and of configured origins",
    arguments: [
      ("http://localhost", true), ("http://localhost:4200", true), ("http://127.0.0.1:1", true),
      ("http://[::1]:4200", true), ("http://192.168.1.5:8765", true), ("https://192.168.1.5:8765", true),
      ("https://bar.example", true), ("HTTPS://BAR.EXAMPLE", true), ("http://192.168.1.5:80", false),
      ("http://192.168.1.5", false), ("https://bar.example:444", false), ("http://evil.example", false),
      ("http://localhost.evil.example", false), ("http://localhost:80.evil.example", false), ("null", false),
      ("", false), ("file://", false), ("http://evil.example#http://localhost", false),
    ])
  func origin(origin: String, isAllowed: Bool) {
    let policy = WebPolicy(origins: ["https://bar.Example"])
    let answer = answer("GET / HTTP/1.1\r\nHost: 192.168.1.5:8765\r\nOrigin: \(origin)\r\n\r\n", policy)
    #expect(answer.status == (isAllowed ? 0 : 403), "\(answer)")
  }

  @Test("must bring the token if there is one, in the target or in the cookie that a page sets")
  func token() throws {
    let token = try #require(WebToken("0123456789abcdef"))
    let policy = WebPolicy(token: token)
    let refused = answer(Client.get(), policy)
    #expect(refused.status == 401 && refused.text.contains("?token="))
    for wrong in ["", "0123456789abcde", "0123456789abcdeF", "0123456789abcdef0"] {
      #expect(answer(Client.get("/?token=\(wrong)"), policy).status == 401)
      #expect(answer(Client.get("/", "Cookie: framebus-8765=\(wrong)"), policy).status == 401)
    }
    #expect(answer(Client.get("/", "Cookie: framebus-80=0123456789abcdef"), policy).status == 401)
    #expect(answer(Client.get("/", "Cookie: a=b; framebus-8765=0123456789abcdef"), policy).status == 0)

    let talk = Talk(WebLimits(), policy)
    talk.receive(Client.get("/?token=0123456789abcdef"))
    talk.connection.respond(WebResponse(.ok, "page"), now: talk.now)
    talk.take()
    #expect(
      talk.text.contains("\r\nSet-Cookie: framebus-8765=0123456789abcdef; Path=/; HttpOnly; SameSite=Strict\r\n"))
    #expect(!answer(Client.get("/?token=wrong"), policy).text.contains("Set-Cookie"))
  }

  @Test("need not bring the token from this machine")
  func tokenHere() throws {
    let token = try #require(WebToken("0123456789abcdef"))
    let policy = WebPolicy(token: token)
    for (address, isAllowed) in [("127.0.0.1", true), ("::1", true), ("192.168.1.5", false)] {
      let talk = Talk(WebLimits(), policy, localAddress: address)
      talk.receive(Client.get())
      #expect(talk.text.isEmpty == isAllowed, "\(address): \(talk.text)")
    }
  }

  @Test("a token is 16 to 128 plain characters, and a random one is another one each time")
  func tokens() throws {
    for text in ["0123456789abcde", "0123456789abcde;", "0123456789abcde ", String(repeating: "a", count: 129)] {
      #expect(WebToken(text) == nil)
    }
    let random = WebToken.random()
    #expect(random.description.utf8.count == 32 && WebToken(random.description) == random)
    #expect(random.matches(random.description) && random != .random())
  }
}

extension String {
  /// What comes after the first occurrence of a text.
  func components(after text: String) -> String {
    guard let range = firstRange(of: text) else { return "" }
    return String(self[range.upperBound...])
  }
}
