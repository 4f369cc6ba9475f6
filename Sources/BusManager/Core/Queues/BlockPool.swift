/// The memory of all queues: blocks of one size, handed out and taken back without asking the system each time.
///
/// A block starts with the address of the next one in its chain. The value is a handle: its owner calls `deallocate()`.
struct BlockPool: BitwiseCopyable {
  typealias Block = UnsafeMutableRawPointer

  static let blockBytes = 16 << 10
  /// Where the bytes start; a cache line keeps them aligned.
  static let headerBytes = 64
  /// Bytes of a block that carry frames.
  static let capacity = blockBytes - headerBytes
  /// Free blocks kept after a burst.
  private static let keptBlocks = 64

  private struct State {
    var free: Block?
    var freeCount = 0
    var usedCount = 0
    /// Blocks that queues may hold.
    var usedMax: Int
  }

  private let state: UnsafeMutablePointer<State>
  private let bytesMax: Int

  /// - Parameter bytesMax: what all queues may hold together, and whatever `reserve(_:)` leaves out.
  init(bytesMax: Int) {
    self.bytesMax = bytesMax
    state = .allocate(capacity: 1)
    state.initialize(to: State(usedMax: max(1, bytesMax / Self.capacity)))
  }

  /// Gives all memory back to the system, once the queues have given theirs back.
  func deallocate() {
    trim(to: 0)
    state.deallocate()
  }

  /// Leaves a part of the memory for something else than queues.
  func reserve(_ byteCount: Int) {
    state.pointee.usedMax = max(1, (bytesMax - byteCount) / Self.capacity)
  }

  /// Blocks that queues hold.
  var usedCount: Int { state.pointee.usedCount }

  /// Bytes that can still be queued; negative if frames were let through that could not wait.
  var bytesLeft: Int { (state.pointee.usedMax &- state.pointee.usedCount) &* Self.capacity }

  static func next(_ block: Block) -> Block? {
    block.load(as: Block?.self)
  }

  static func link(_ block: Block, to next: Block?) {
    block.storeBytes(of: next, as: Block?.self)
  }

  /// A block with nothing behind it.
  func take() -> Block {
    state.pointee.usedCount &+= 1
    let block: Block
    if let first = state.pointee.free {
      state.pointee.free = Self.next(first)
      state.pointee.freeCount &-= 1
      block = first
    } else {
      block = .allocate(byteCount: Self.blockBytes, alignment: 64)
    }
    Self.link(block, to: nil)
    return block
  }

  func give(_ block: Block) {
    Self.link(block, to: state.pointee.free)
    state.pointee.free = block
    state.pointee.usedCount &-= 1
    state.pointee.freeCount &+= 1
  }

  /// Whether a burst has left more free memory than is worth keeping.
  var canTrim: Bool { state.pointee.freeCount > Self.keptBlocks }

  /// Gives the memory of a burst back to the system.
  func trim() {
    trim(to: Self.keptBlocks)
  }

  private func trim(to count: Int) {
    while state.pointee.freeCount > count, let block = state.pointee.free {
      state.pointee.free = Self.next(block)
      state.pointee.freeCount -= 1
      block.deallocate()
    }
  }
}
