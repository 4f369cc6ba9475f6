/// Memory that frames are read into. It lives as long as the inbox or one of its frames needs it.
///
/// Unchecked Sendable is true because only the inbox writes, and only behind the bytes of frames it has handed out;
/// it writes over those only when it holds the last reference.
@usableFromInline
final class InboxChunk: @unchecked Sendable {
  @usableFromInline let base: UnsafeMutableRawPointer
  let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }
}
