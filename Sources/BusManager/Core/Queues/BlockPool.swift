/// The memory of all queues: blocks of one size, handed out and taken back without asking the system each time.
///
/// A block starts with the address of the next one in its chain.
struct BlockPool: ~Copyable {
  typealias Block = UnsafeMutableRawPointer

  static let blockBytes = 16 << 10
  /// Where the bytes start; a cache line keeps them aligned.
  static let headerBytes = 64
  /// Bytes of a block that carry frames.
  static let capacity = blockBytes - headerBytes
  /// Free blocks kept after a burst.
  private static let keptBlocks = 64

  private let bytesMax: Int
  private var free: Block?
  private var freeCount = 0
  /// Blocks that queues may hold.
  private var usedMax: Int
  /// The least number of free blocks since `trim` was called last: nobody has needed these.
  private var idleCount = 0
  /// What is left out for something else than queues.
  private var reserved = InlineArray<2, Int>(repeating: 0)
  /// Blocks that queues hold.
  private(set) var usedCount = 0

  /// - Parameter bytesMax: what all queues may hold together, and whatever `reserve(_:)` leaves out.
  init(bytesMax: Int) {
    self.bytesMax = bytesMax
    usedMax = max(1, bytesMax / Self.capacity)
  }

  deinit { Self.deallocate(free) }

  /// What else than queues takes of the memory.
  enum Part: Int {
    case keptFrames
    /// Declarations and listen sets.
    case interests
  }

  /// Leaves a part of the memory for something else than queues.
  mutating func reserve(_ byteCount: Int, for part: Part) {
    reserved[part.rawValue] = byteCount
    usedMax = max(1, (bytesMax - reserved[0] - reserved[1]) / Self.capacity)
  }

  /// Bytes that can still be queued; negative if frames were let through that could not wait.
  var bytesLeft: Int { (usedMax &- usedCount) &* Self.capacity }

  // MARK: Blocks

  static func next(_ block: Block) -> Block? {
    block.load(as: Block?.self)
  }

  static func link(_ block: Block, to next: Block?) {
    block.storeBytes(of: next, as: Block?.self)
  }

  /// Gives a chain of blocks back to the system.
  static func deallocate(_ chain: Block?) {
    var next = chain
    while let block = next {
      next = Self.next(block)
      block.deallocate()
    }
  }

  /// A block with nothing behind it.
  mutating func take() -> Block {
    usedCount &+= 1
    let block: Block
    if let first = free {
      free = Self.next(first)
      freeCount &-= 1
      if freeCount < idleCount { idleCount = freeCount }
      block = first
    } else {
      block = .allocate(byteCount: Self.blockBytes, alignment: 64)
    }
    Self.link(block, to: nil)
    return block
  }

  mutating func give(_ block: Block) {
    Self.link(block, to: free)
    free = block
    usedCount &-= 1
    freeCount &+= 1
  }

  // MARK: After a burst

  /// Whether a burst has left more free memory than is worth keeping.
  var canTrim: Bool { freeCount > Self.keptBlocks }

  /// Gives back to the system what has been free since this was called last, some of it at a time.
  ///
  /// - Returns: whether anything was given back.
  mutating func trim() -> Bool {
    let count = min(idleCount, freeCount - Self.keptBlocks, Self.trimmedBlocksMax)
    for _ in 0..<max(0, count) {
      guard let block = free else { break }
      free = Self.next(block)
      freeCount -= 1
      block.deallocate()
    }
    idleCount = freeCount
    return count > 0
  }

  /// 16 MiB: to give them back takes about a millisecond.
  private static let trimmedBlocksMax = 1024
}
