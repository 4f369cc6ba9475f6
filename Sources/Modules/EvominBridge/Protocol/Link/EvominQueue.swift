/// What waits to be taken out, in order: the actions of a link, or the events of a firmware. There are never more than the
/// bytes of one call and the frames that wait give rise to.
public struct EvominQueue<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var first = 0

  /// A queue of nothing.
  public init() {}

  /// Adds one at the end.
  public mutating func append(_ element: Element) { elements.append(element) }

  /// Takes out the first; nil if there is none. The memory is kept for the next ones.
  public mutating func next() -> Element? {
    guard first < elements.count else {
      elements.removeAll(keepingCapacity: true)
      first = 0
      return nil
    }
    defer { first += 1 }
    return elements[first]
  }
}
