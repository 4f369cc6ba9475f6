import Glibc

/// Pieces of memory that go out with one call.
package struct Gather: ~Copyable {
  /// Pieces that one call takes at most.
  package static let piecesMax = 64

  private let pieces: UnsafeMutableBufferPointer<iovec>
  private var count = 0
  /// Bytes of all pieces together.
  package private(set) var byteCount = 0

  package init() {
    pieces = .allocate(capacity: Self.piecesMax)
    pieces.initialize(repeating: iovec())
  }

  deinit { pieces.deallocate() }

  /// Forgets all pieces.
  @inline(__always)
  package mutating func removeAll() {
    count = 0
    byteCount = 0
  }

  /// Adds a piece, which must stay where it is until it is sent.
  ///
  /// - Returns: whether there is room for another one.
  @inline(__always)
  package mutating func append(_ piece: UnsafeRawBufferPointer) -> Bool {
    pieces[count] = iovec(iov_base: UnsafeMutableRawPointer(mutating: piece.baseAddress), iov_len: piece.count)
    count &+= 1
    byteCount &+= piece.count
    return count < Self.piecesMax
  }

  /// Sends the pieces as far as they fit into the kernel's buffer.
  package func send(to socket: borrowing Socket) -> Transfer {
    if count == 1 {
      return socket.send(UnsafeRawBufferPointer(start: pieces[0].iov_base, count: pieces[0].iov_len))
    }
    return socket.send(UnsafeMutableBufferPointer(rebasing: pieces[..<count]))
  }
}
