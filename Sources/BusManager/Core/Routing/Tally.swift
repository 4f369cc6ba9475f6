import BusWire

/// How much was routed, of each type and from each session: counting costs two look-ups and four additions per run.
///
/// The counters of the types are in pages of 256 ids, and a page takes memory once one of its types is used.
struct Tally: ~Copyable {
  struct Counter: BitwiseCopyable {
    var frames: UInt64 = 0
    var bytes: UInt64 = 0
  }

  private static let pageCount = 256
  private let pages: UnsafeMutablePointer<UnsafeMutablePointer<Counter>?>
  private var senders = SlotTable<Counter>()
  /// Types that are counted by themselves.
  private(set) var typeCount = 0
  private var usedPageCount = 0

  /// Types of which something is sent when this many are counted already are counted together, as type 0.
  static let typesMax = 4096

  init() {
    pages = .allocate(capacity: Self.pageCount)
    pages.initialize(repeating: nil, count: Self.pageCount)
  }

  deinit {
    for index in 0..<Self.pageCount { pages[index]?.deallocate() }
    pages.deallocate()
  }

  mutating func open(_ id: SessionID) { senders.open(id, Counter()) }

  @inline(__always)
  mutating func add(_ type: UInt16, frames: Int, bytes: Int, from id: SessionID) {
    senders[id].frames &+= UInt64(frames)
    senders[id].bytes &+= UInt64(bytes)
    guard let page = pages[Int(type >> 8)], page[Int(type & 0xFF)].frames > 0 else {
      return addNew(type, frames: frames, bytes: bytes)
    }
    page[Int(type & 0xFF)].frames &+= UInt64(frames)
    page[Int(type & 0xFF)].bytes &+= UInt64(bytes)
  }

  private mutating func addNew(_ type: UInt16, frames: Int, bytes: Int) {
    let counted = typeCount < Self.typesMax ? type : 0
    let page = pages[Int(counted >> 8)] ?? makePage(Int(counted >> 8))
    if page[Int(counted & 0xFF)].frames == 0 { typeCount += 1 }
    page[Int(counted & 0xFF)].frames &+= UInt64(frames)
    page[Int(counted & 0xFF)].bytes &+= UInt64(bytes)
  }

  private mutating func makePage(_ index: Int) -> UnsafeMutablePointer<Counter> {
    let page = UnsafeMutablePointer<Counter>.allocate(capacity: 256)
    page.initialize(repeating: Counter(), count: 256)
    pages[index] = page
    usedPageCount += 1
    return page
  }

  /// What a session sent that was routed.
  func from(_ id: SessionID) -> Counter { senders[id] }

  /// All types of which something was routed, by id; 0 stands for those over the limit.
  var types: [TypeCounters] {
    var found: [TypeCounters] = []
    found.reserveCapacity(typeCount)
    for number in 0..<Self.pageCount {
      guard let page = pages[number] else { continue }
      for index in 0..<256 where page[index].frames > 0 {
        found.append(
          TypeCounters(type: UInt16(number << 8 | index), frames: page[index].frames, bytes: page[index].bytes))
      }
    }
    return found
  }

  /// About how many nanoseconds it takes to look at all types.
  var typesNanoseconds: Int { typeCount * 30 + usedPageCount * 300 }
}
