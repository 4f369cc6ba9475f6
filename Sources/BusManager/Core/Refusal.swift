import BusWire

/// Why a connection is cut, in the words of its GOODBYE.
struct Refusal: Error, Equatable {
  let code: GoodbyeCode
  let text: String

  init(_ code: GoodbyeCode, _ text: String) {
    self.code = code
    self.text = text
  }

  static let noHello = Refusal(
    .malformed, "the first message must be HELLO; this is the port of a Framebus manager")

  static func helloTooLarge(_ size: Int, max: Int) -> Refusal {
    Refusal(.tooLarge, "HELLO announces \(size) bytes of payload, the limit is \(max)")
  }

  static func noHello(after nanoseconds: UInt64) -> Refusal {
    Refusal(
      .helloTimeout, "no HELLO within \(nanoseconds / 1_000_000) ms; this is the port of a Framebus manager")
  }

  static func tooManyConnections(max: Int) -> Refusal {
    Refusal(.full, "\(max) connections are open, which is the limit; end some or raise it")
  }

  static func nameTaken(by holder: ModuleIdentity) -> Refusal {
    Refusal(
      .nameTaken,
      "the name \(holder) is taken by process \(holder.pid); end that one or give this one another --name or --instance"
    )
  }

  static func nameTaken(from hung: ModuleIdentity, by successor: Hello) -> Refusal {
    Refusal(.nameTaken, "it did not answer, and process \(successor.pid) has taken its name")
  }

  static func noMemory(toHold what: String) -> Refusal {
    Refusal(.full, "the manager has no memory left for \(what); try again later or raise its --max-memory")
  }

  static let readsNothing = Refusal(
    .full, "it does not read what it asked for, and the manager needs the memory; read, or ask for less at a time")

  static func tooLarge(_ size: Int, _ word: RouteWord, max: Int) -> Refusal {
    Refusal(.tooLarge, "a frame of type \(word.type) announces \(size) bytes of payload, the limit is \(max)")
  }
}
