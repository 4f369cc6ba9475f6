import BusWire
import FrameCases
import FuzzKit

/// Payloads of every frame of every schema: the first byte says which, the rest is the payload.
enum PayloadFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    guard let first = input.first else { return }
    let frame = FrameCase.all[Int(first) % FrameCase.all.count]
    guard let once = try? frame.recode(Array(input.dropFirst())) else { return }
    let twice = try? frame.recode(once)
    try require(twice == once, "\(frame.type): what was decoded and encoded is not the same after doing so again")
  }
}
