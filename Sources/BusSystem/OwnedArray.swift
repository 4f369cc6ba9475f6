/// Values that have one owner each, side by side; their owner is the array.
package struct OwnedArray<Element: ~Copyable>: ~Copyable {
  private var storage: UnsafeMutableBufferPointer<Element>
  /// How many there are.
  package private(set) var count = 0

  /// An array of nothing.
  package init() { storage = .allocate(capacity: 4) }

  deinit {
    storage.extracting(..<count).deinitialize()
    storage.deallocate()
  }

  /// Takes over one more.
  package mutating func append(_ element: consuming Element) {
    if count == storage.count {
      let larger = UnsafeMutableBufferPointer<Element>.allocate(capacity: count * 2)
      _ = larger.moveInitialize(fromContentsOf: storage)
      storage.deallocate()
      storage = larger
    }
    storage.initializeElement(at: count, to: element)
    count += 1
  }

  /// One of them, where it is.
  @inlinable
  package subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress { UnsafePointer(address(index)) }
    @inline(__always) unsafeMutableAddress { address(index) }
  }

  @usableFromInline
  package func address(_ index: Int) -> UnsafeMutablePointer<Element> {
    precondition(index >= 0 && index < count, "no element \(index) of \(count)")
    return storage.baseAddress! + index
  }
}
