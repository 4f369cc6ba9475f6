/// An element of XML with everything in it.
package struct XMLElement: Equatable, Sendable {
  /// Its name.
  package let name: String
  /// By their names.
  package let attributes: [String: String]
  /// The characters in it, without those of the elements below it.
  package internal(set) var text = ""
  /// The elements in it, in order.
  package internal(set) var children: [XMLElement] = []
}

/// Why a text is no XML that is read here.
package struct XMLProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// Counts from 1.
  package let line: Int
  /// What is wrong.
  package let reason: String

  /// A problem.
  package init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }

  /// The line and the reason.
  package var description: String { "line \(line): \(reason)" }
}

/// What is read at most.
package struct XMLLimits: Sendable {
  /// Bytes of a document.
  package var bytesMax = 4 << 20
  /// How deep elements lie in each other.
  package var depthMax = 64
  /// Elements of a document.
  package var elementsMax = 20_000

  /// The usual ones.
  package init() {}
}
