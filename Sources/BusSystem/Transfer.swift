/// What a read or write that does not wait came to.
package enum Transfer: Equatable, Sendable {
  /// This many bytes went through; never 0.
  case bytes(Int)
  /// Nothing possible now; wait for the descriptor to be ready.
  case wouldBlock
  /// The other side closed the connection in order.
  case endOfStream
  /// The connection is broken.
  case failed(SystemError)
}
