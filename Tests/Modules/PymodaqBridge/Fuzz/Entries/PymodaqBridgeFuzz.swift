import FuzzKit
import PymodaqBridgeProtocol

/// What comes from PyMoDAQ.
@main enum PymodaqBridgeFuzz: FuzzProgram {
  static let targets = [
    // What a TCPServer plugin sends, and what its clients send: in every generation.
    FuzzTarget("pymodaq", PymodaqFuzz.run)
  ]
}

/// Messages of both sides, in the generation that the first byte names.
enum PymodaqFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    guard let first = input.first else { return }
    let generations = PymodaqGeneration.allCases
    let generation = generations[Int(first) % generations.count]
    let bytes = Array(input.dropFirst())
    if first < 128 {
      try check(bytes, generation, { (reader) throws(PymodaqError) in try PymodaqServerMessage(from: &reader) }) {
        $0.write(to: &$1)
      }
    } else {
      try check(bytes, generation, { (reader) throws(PymodaqError) in try PymodaqClientMessage(from: &reader) }) {
        $0.write(to: &$1)
      }
    }
  }

  /// However the bytes are cut, the same comes out; and what came out and is written again is read as the same.
  private static func check<Message: Equatable>(
    _ bytes: [UInt8], _ generation: PymodaqGeneration,
    _ read: (inout PymodaqReader) throws(PymodaqError) -> Message, _ write: (Message, inout PymodaqWriter) -> Void
  ) throws(FuzzFinding) {
    let whole = messages([bytes], generation, read)
    let pieces = messages(bytes.map { [$0] }, generation, read)
    try require(same(whole, pieces), "the same bytes mean something else in pieces")
    try require(whole.count <= bytes.count / 4 + 1, "more messages than bytes")
    for (message, generation) in whole {
      var writer = PymodaqWriter(generation)
      write(message, &writer)
      let again = messages([writer.bytes], generation, read)
      var second = PymodaqWriter(generation)
      for (message, _) in again { write(message, &second) }
      try require(second.bytes == writer.bytes, "what is written again is read as something else")
    }
  }

  private static func messages<Message>(
    _ pieces: [[UInt8]], _ generation: PymodaqGeneration, _ read: (inout PymodaqReader) throws(PymodaqError) -> Message
  ) -> [(Message, PymodaqGeneration)] {
    var inbox = PymodaqInbox(generation)
    var all: [(Message, PymodaqGeneration)] = []
    for piece in pieces {
      inbox.append(piece)
      do throws(PymodaqError) {
        while let message = try inbox.next(read) { all.append((message, inbox.generation)) }
      } catch {
        return all
      }
    }
    return all
  }

  /// NaN is the same as NaN here.
  private static func same<Message>(
    _ left: [(Message, PymodaqGeneration)], _ right: [(Message, PymodaqGeneration)]
  ) -> Bool {
    left.count == right.count && "\(left)" == "\(right)"
  }
}
