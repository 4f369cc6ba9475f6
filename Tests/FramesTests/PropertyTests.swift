import BusWire
import FrameCases
import TestSupport
import Testing

@Suite("Every frame of every schema")
struct PropertyTests {
  private let seed = UInt64.random(in: .min ... .max)

  @Test("survives encoding and decoding with random values", arguments: FrameCase.all)
  func roundTrip(frame: FrameCase) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let payload = RandomPayload(frame.fields, using: &random).bytes
      let recoded = try frame.recode(payload)
      #expect(recoded == payload, "seed \(seed)")
      #expect(try frame.areEqual(recoded, payload), "seed \(seed)")
    }
  }

  @Test("ignores what a newer sender appends", arguments: FrameCase.all)
  func longer(frame: FrameCase) throws {
    var random = SeededRandom(seed: seed)
    let payload = RandomPayload(frame.fields, using: &random).bytes
    #expect(try frame.recode(payload + [1, 2, 3, 4, 5]) == payload, "seed \(seed)")
  }

  @Test("refuses every payload that ends too early, except before fields with defaults", arguments: FrameCase.all)
  func truncations(frame: FrameCase) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<10 {
      let payload = RandomPayload(frame.fields, using: &random).bytes
      for end in payload.indices {
        do throws(CodecError) {
          let recoded = try frame.recode(Array(payload[..<end]))
          #expect(frame.hasDefaults && recoded.starts(with: payload[..<end]), "seed \(seed), first \(end) bytes")
        } catch {
          #expect(isDecodingError(error), "seed \(seed), first \(end) bytes: \(error)")
        }
      }
    }
  }

  @Test("gives an error or a value for thousands of damaged payloads, and never a trap", arguments: FrameCase.all)
  func mutations(frame: FrameCase) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<2000 {
      var payload = RandomPayload(frame.fields, using: &random).bytes
      damage(&payload, &random)
      do throws(CodecError) {
        let recoded = try frame.recode(payload)
        #expect(try frame.recode(recoded) == recoded, "seed \(seed), round \(round)")
      } catch {
        #expect("\(error)".hasPrefix("field '"), "seed \(seed), round \(round): \(error)")
      }
    }
  }

  private func damage(_ payload: inout [UInt8], _ random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...payload.count, using: &random)
      switch Int.random(in: 0...3, using: &random) {
      case 0: payload.insert(.random(in: .min ... .max, using: &random), at: place)
      case 1: payload.removeSubrange(place...)
      case 2 where place < payload.count: payload[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      default: if place < payload.count { payload[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random)! }
      }
    }
  }

  private func isDecodingError(_ error: CodecError) -> Bool {
    if case .outOfRange = error { return false }
    return true
  }
}
