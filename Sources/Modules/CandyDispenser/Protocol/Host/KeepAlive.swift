/// The `~RS` of a host and their answers.
///
/// The protocol has no sequence numbers, but a dispenser answers in order: when as many answers came as there were
/// questions up to some point, whatever it had to say before that point has come in. Questions of an earlier connection
/// count too, because their answers may still be on the way.
struct KeepAlive {
  private var sent: UInt64 = 0
  private var answered: UInt64 = 0

  /// A question was sent.
  ///
  /// - Returns: its number, for `isAnswered`.
  mutating func ask() -> UInt64 {
    sent += 1
    return sent
  }

  mutating func answer() {
    answered = min(answered + 1, sent)
  }

  func isAnswered(_ number: UInt64) -> Bool { answered >= number }

  /// Gives up what was not answered: the dispenser has been reset since.
  mutating func forgive() { answered = sent }
}
