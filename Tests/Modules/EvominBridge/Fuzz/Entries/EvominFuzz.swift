import EvominBridgeProtocol
import FuzzKit

/// A UART: each step is a byte and what it needs.
struct EvominFuzz {
  private var link = EvominLink(random: EvominRandom(seed: 1))
  private var now: UInt64 = 0
  private var waiting = Set<EvominSendID>()
  private var answersDue = 0

  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    try cuts(input)
    var input = FuzzInput(input)
    var fuzz = EvominFuzz()
    fuzz.link.open(at: 0)
    while !input.isAtEnd { try fuzz.step(&input) }
    try fuzz.end()
  }

  private mutating func step(_ input: inout FuzzInput) throws(FuzzFinding) {
    switch input.byte() {
    case 0: now += UInt64(input.byte()) * 1_000_000
    case 1: now += UInt64(input.byte()) * 100_000_000
    case 2: if let deadline = link.deadline { now = max(now, deadline) }
    case 3: try send(input.byte(), Array(input.bytes(Int(input.byte()))))
    case 4: link.close(at: now)
    case 5: link.open(at: now)
    case let length: link.receive(input.bytes(Int(length)), at: now)
    }
    link.tick(at: now)
    try take()
  }

  private mutating func send(_ command: UInt8, _ payload: [UInt8]) throws(FuzzFinding) {
    guard let frame = try? EvominFrame(EvominCommand(rawValue: command), payload) else { return }
    guard let id = try? link.send(frame, at: now) else { return }
    try require(waiting.insert(id).inserted, "two frames with one name")
  }

  private mutating func take() throws(FuzzFinding) {
    while let action = link.nextAction() {
      switch action {
      case .write(let wire): if wire.count == 1 { answersDue += 1 }
      case .received:
        answersDue -= 1
        try require(answersDue == 0, "a frame without exactly one acknowledgement before it")
      case .acknowledged(let id), .gaveUp(let id, _):
        try require(waiting.remove(id) != nil, "a frame ends twice")
      case .sent(let id, let attempt):
        try require(waiting.contains(id) && attempt <= 3, "a frame is sent that is done with")
      case .replied: throw FuzzFinding("a reply on a UART")
      }
    }
    try require(waiting.count == link.waitingFrames, "a frame has been forgotten")
  }

  /// In the end all is acknowledged or given up, and a frame in order is received.
  private mutating func end() throws(FuzzFinding) {
    link.open(at: now)
    var turns = 0
    while let deadline = link.deadline {
      now = max(now, deadline)
      link.tick(at: now)
      try take()
      turns += 1
      try require(turns < 1000, "no end is in sight")
    }
    try require(waiting.isEmpty, "a frame is neither acknowledged nor given up")
    let frames = link.counters.line.frames
    link.receive(EvominFrame(.sendIDN).encoded, at: now)
    try require(link.counters.line.frames == frames + 1, "a frame in order is not received")
    try take()
  }

  /// The same comes out however the bytes come in.
  private static func cuts(_ input: [UInt8]) throws(FuzzFinding) {
    var receiver = EvominReceiver()
    var frames = 0
    var link = EvominLink(random: EvominRandom(seed: 1))
    link.open(at: 0)
    for byte in input {
      receiver.receive(byte, at: 0)
      while let received = receiver.next() { if case .frame = received { frames += 1 } }
    }
    link.receive(input, at: 0)
    try require(link.counters.line == receiver.counters, "the same bytes are counted differently")
    try require(receiver.counters.frames == frames, "frames are counted wrong")
    let skipped = receiver.counters.bytesSkipped
    try require(frames + Int(skipped) <= input.count, "more bytes than came")
  }
}
