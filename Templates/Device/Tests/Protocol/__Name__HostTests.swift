import Testing
import __Name__Protocol

@Suite("A host of __name__")
struct __Name__HostTests {
  private var host = __Name__Host()

  init() { host.open(at: .zero) }

  private mutating func actions() -> [__Name__Host.Action] {
    var all: [__Name__Host.Action] = []
    while let action = host.nextAction() { all.append(action) }
    return all
  }

  /// Lets the time pass until the next question is asked.
  private mutating func ask() -> Duration {
    let now = host.deadline!
    host.tick(at: now)
    #expect(actions() == [.send(Array("R\n".utf8))])
    return now
  }

  @Test("asks at once, and again a second after the answer")
  mutating func asks() {
    let asked = ask()
    #expect(asked == .zero)
    host.receive(Array("T 2153\n".utf8), at: .milliseconds(20))
    #expect(actions() == [.event(.reading(2153))])
    #expect(host.deadline == .milliseconds(20) + __Name__Host.period)
  }

  @Test("reads the same however the bytes come in")
  mutating func pieces() {
    let now = ask()
    for byte in "T -250\n".utf8 { host.receive(CollectionOfOne(byte), at: now) }
    #expect(actions() == [.event(.reading(-250))])
  }

  @Test("reports a question that gets no answer in time, and asks again")
  mutating func silence() {
    let now = ask()
    host.tick(at: now + __Name__Host.patience - .milliseconds(1))
    #expect(actions() == [])
    host.tick(at: now + __Name__Host.patience)
    #expect(actions() == [.event(.unanswered)])
    _ = ask()
  }

  @Test("takes what means nothing for noise", arguments: ["T 40000", "hello", "", String(repeating: "T 1", count: 99)])
  mutating func noise(line: String) {
    let now = ask()
    host.receive(Array("\(line)\n".utf8), at: now)
    #expect(actions() == [.event(.noise)])
    host.receive(Array("T 1\n".utf8), at: now)
    #expect(actions() == [.event(.reading(1))])
  }

  @Test("has nothing to do while the port is closed")
  mutating func closed() {
    host.close()
    #expect(host.deadline == nil)
    host.tick(at: .seconds(99))
    #expect(actions() == [])
  }
}
