/// A transport, and what the protocol has to remember about it. An `EvominApplication` keeps one.
public struct EvominPort<Transport: EvominTransport> {
  public var transport: Transport
  /// One of these three is there, by what the transport says of its line; each is changed in place.
  var link: EvominLink?
  var master: EvominMasterLink?
  var slave: EvominSlave?

  /// Opens the line.
  ///
  /// - Parameters:
  ///   - seed: for the jitter between attempts; another one at either end.
  ///   - now: monotonic nanoseconds.
  public init(_ transport: Transport, seed: UInt64, at now: UInt64) {
    self.transport = transport
    let random = EvominRandom(seed: seed)
    switch transport.describe() {
    case .uart(let settings):
      link = EvominLink(settings, random: random)
      link?.open(at: now)
    case .master(let settings, let style): master = EvominMasterLink(settings, style: style, random: random)
    case .slave: slave = EvominSlave()
    }
  }

  /// When to poll although nothing has come in; nil if nothing is expected.
  public var deadline: UInt64? { link?.deadline ?? master?.deadline }

  mutating func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    if let id = try link?.send(frame, at: now) { return id }
    if let id = try master?.send(frame, at: now) { return id }
    throw .slaveCannotSend
  }

  mutating func reply(_ bytes: some Collection<UInt8>) throws(EvominError) {
    guard slave != nil else { throw .nothingToReplyTo }
    try slave?.reply(bytes)
  }
}
