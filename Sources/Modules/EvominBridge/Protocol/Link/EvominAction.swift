/// What the owner of a link is to do, in this order.
public enum EvominAction: Equatable, Sendable {
  /// Write these bytes to the line, all of them and before any later ones.
  case write(EvominWire)
  /// A frame came and has been acknowledged. A duplicate may be a repetition, or the same once more.
  case received(EvominFrame, isDuplicate: Bool)
  /// A frame has gone out, the first time or again; attempts count from 1.
  case sent(EvominSendID, attempt: Int)
  /// The other end has a frame.
  case acknowledged(EvominSendID)
  /// A slave has replied to a frame, which `acknowledged` follows.
  case replied(EvominSendID, EvominPayload)
  /// Nothing more is done for a frame.
  case gaveUp(EvominSendID, EvominFailure)
}
