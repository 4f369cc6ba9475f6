import Synchronization

/// What was logged once already. It holds a limited number of causes, and forgets them all when there are more.
package struct Causes {
  private var known: Set<String> = []

  /// How many causes it holds. A program that invents new ones all the time does not fill the memory.
  private static let causesMax = 256

  package init() {}

  /// Remembers a cause.
  ///
  /// - Returns: whether it is new.
  package mutating func insert(_ cause: String) -> Bool {
    if known.count >= Self.causesMax { known.removeAll() }
    return known.insert(cause).inserted
  }

  /// Forgets them: from now on each is new again.
  package mutating func removeAll() { known.removeAll() }

  /// The cause of an error: its text without the numbers in it, so that errors which differ only in those are one.
  package static func cause(of text: String) -> String {
    var cause = ""
    var isInNumber = false
    for character in text {
      if character.isASCII, character.isNumber {
        if !isInNumber { cause += "#" }
        isInNumber = true
      } else {
        isInNumber = false
        cause.append(character)
      }
    }
    return cause
  }
}

/// The causes of one log, whoever has a copy of it.
final class LoggedCauses: Sendable {
  private let causes = Mutex(Causes())

  func insert(_ cause: String) -> Bool { causes.withLock { $0.insert(cause) } }
}
