/// A transport, and what the protocol has to remember about it. An `EvominApplication` keeps one.
public struct EvominPort<Transport: EvominTransport> {
  /// The line that was handed in.
  public var transport: Transport
  private var end: any EvominEnd

  /// Opens the line.
  ///
  /// - Parameters:
  ///   - transport: says once what kind of line it is, and moves the bytes.
  ///   - seed: for the jitter between attempts; another one at either end.
  ///   - now: monotonic nanoseconds.
  public init(_ transport: Transport, seed: UInt64, at now: UInt64) {
    self.transport = transport
    let random = EvominRandom(seed: seed)
    switch transport.describe() {
    case .uart(let settings):
      var link = EvominLink(settings, random: random)
      link.open(at: now)
      end = link
    case .master(let settings, let style): end = EvominMasterLink(settings, style: style, random: random)
    case .slave: end = EvominSlave()
    }
  }

  /// When to poll although nothing has come in, in monotonic nanoseconds; nil if nothing is expected.
  public var deadline: UInt64? { end.deadline }

  mutating func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    try end.send(frame, at: now)
  }

  mutating func reply(_ bytes: some Collection<UInt8>) throws(EvominError) { try end.reply(Array(bytes)) }

  mutating func next(at now: UInt64) -> EvominAction? { end.next(on: &transport, at: now) }
}
