import BusWire

/// A job for tests: brews cups.
struct Brew: JobCommand {
  typealias Outcome = BrewOutcome
  static let frameType = FrameType(id: 5000, name: "BREW", fields: "request uint32 - 1\ncups uint8 - 1")
  static let job = JobFrames(outcome: 5003, accepted: 5001, cancel: 5004, progress: [5002])
  static var acceptedType: FrameType? { BrewAccepted.frameType }
  static var cancelType: FrameType? { FrameType(id: 5004, name: "BREW_CANCEL", fields: "request uint32 - 1") }

  var request: UInt32 = 0
  var cups: UInt8 = 1
  var encodedSize: Int { 5 }

  init(request: UInt32 = 0, cups: UInt8 = 1) {
    self.request = request
    self.cups = cups
  }

  func encode(into writer: inout PayloadWriter) throws(CodecError) {
    writer.append(scalar: request)
    try writer.value(cups, in: 1...9, field: "cups")
  }

  init(from reader: inout PayloadReader) throws(CodecError) {
    request = try reader.scalar(UInt32.self, field: "request")
    cups = try reader.scalar(UInt8.self, field: "cups")
  }
}

struct BrewAccepted: JobFrame {
  static let frameType = FrameType(id: 5001, name: "BREW_ACCEPTED", fields: "request uint32 - 1")
  var request: UInt32
  var encodedSize: Int { 4 }

  init(request: UInt32) { self.request = request }
  func encode(into writer: inout PayloadWriter) throws(CodecError) { writer.append(scalar: request) }
  init(from reader: inout PayloadReader) throws(CodecError) {
    request = try reader.scalar(UInt32.self, field: "request")
  }
}

struct BrewCup: JobFrame {
  static let frameType = FrameType(
    id: 5002, name: "BREW_CUP", fields: "request uint32 - 1\nnumber uint8 - 1", retain: 8)
  var request: UInt32
  var number: UInt8
  var encodedSize: Int { 5 }

  init(request: UInt32, number: UInt8) {
    self.request = request
    self.number = number
  }

  func encode(into writer: inout PayloadWriter) throws(CodecError) {
    writer.append(scalar: request)
    writer.append(scalar: number)
  }

  init(from reader: inout PayloadReader) throws(CodecError) {
    request = try reader.scalar(UInt32.self, field: "request")
    number = try reader.scalar(UInt8.self, field: "number")
  }
}

struct BrewOutcome: JobOutcomeFrame {
  static let frameType = FrameType(
    id: 5003, name: "BREW_OUTCOME", fields: "request uint32 - 1\noutcome uint8 - 1\ntext string - 1", retain: 8)
  var request: UInt32
  var outcome: JobOutcome
  var text: String
  var encodedSize: Int { 9 + text.utf8.count }

  init(request: UInt32, outcome: JobOutcome, text: String) {
    self.request = request
    self.outcome = outcome
    self.text = text
  }

  func encode(into writer: inout PayloadWriter) throws(CodecError) {
    writer.append(scalar: request)
    writer.append(scalar: outcome.rawValue)
    try writer.string(text, bound: nil, field: "text")
  }

  init(from reader: inout PayloadReader) throws(CodecError) {
    request = try reader.scalar(UInt32.self, field: "request")
    outcome = JobOutcome(rawValue: try reader.scalar(UInt8.self, field: "outcome"))
    text = try reader.string(bound: nil, field: "text")
  }
}
