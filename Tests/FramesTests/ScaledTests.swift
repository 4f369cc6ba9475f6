import BusWire
import Frames
import GoldenFrames
import Testing

@Suite("Fields with a scale")
struct ScaledTests {
  private let sample = Scaled(
    temperature: 21.5, time: 1.5, in: -30, ratio: 0.25, volts: [0.35, -1.5], pair: .init([1.25, 50]), few: [2.5, -5],
    weights: [Weight(grams: 0.3)])

  /// What encoding says about a frame.
  private func refusal(_ change: (inout Scaled) -> Void) -> String? {
    var frame = sample
    change(&frame)
    do throws(CodecError) {
      _ = try frame.payload()
      return nil
    } catch {
      return error.description
    }
  }

  @Test("read and write in their unit, and travel as steps")
  func units() throws {
    #expect(sample.rawTemperature == 2150 && sample.rawTime == 1_500_000_000 && sample.rawIn == -10)
    #expect(sample.rawRatio == 25 && sample.rawVolts == [350, -1500] && sample.rawFew == [1, -2])
    #expect(sample.rawPair == .init([5, 200]) && sample.weights[0].rawGrams == 3)
    #expect(sample.level == 12.5 && sample.rawLevel == 25 && sample.rest == [])
    let received = try Scaled(payload: sample.payload())
    #expect(received == sample)
    #expect(received.volts == [0.35, -1.5] && received.pair[0] == 1.25 && received.weights[0].grams == 0.3)
    #expect(try Temperature(payload: [1, 0, 0, 0, 0x66, 8, 0, 0]).ambientTemperature == 21.5)
  }

  @Test("are as short in Swift as they were written, for every stored number")
  func exactness() {
    for raw in Int16.min ... .max {
      let frame = Temperature(id: 1, rawAmbientTemperature: raw, rawObjectTemperature: 0)
      let hundredths = Int(raw).magnitude
      let digits = "\(hundredths % 100)"
      let text = "\(raw < 0 ? "-" : "")\(hundredths / 100).\(digits.count < 2 ? "0" : "")\(digits)"
      #expect(frame.ambientTemperature == Double(text))
      #expect(Temperature(id: 1, ambientTemperature: frame.ambientTemperature, objectTemperature: 0) == frame)
    }
  }

  @Test("are rounded to the nearest step when they are set")
  func rounding() {
    var frame = sample
    frame.temperature = 21.504
    #expect(frame.temperature == 21.5 && frame == sample)
    frame.temperature = -21.506
    #expect(frame.rawTemperature == -2151)
    frame.rawTemperature = 7
    #expect(frame.temperature == 0.07)
  }

  @Test("keep every stored number, also those that no Double holds")
  func largeNumbers() throws {
    var frame = sample
    frame.rawTime = .max - 1
    #expect(try Scaled(payload: frame.payload()).rawTime == .max - 1)
  }

  @Test("refuse at encoding what cannot be stored, in their unit and by name, and never trap")
  func unstorable() {
    let range = "its schema allows -327.68 to 327.67 degC"
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.temperature = 327.68 } == "field 'temperature' is 327.68, \(range)")
    #expect(refusal { $0.temperature = .nan } == "field 'temperature' is nan, \(range)")
    #expect(refusal { $0.temperature = -.infinity } == "field 'temperature' is -inf, \(range)")
    #expect(refusal { $0.time = -1 }?.hasPrefix("field 'time' is -1, its schema allows 0 to 1844674407") == true)
    #expect(refusal { $0.in = -33 } == "field 'in' is -33, its schema allows -30 to 381")
    #expect(refusal { $0.ratio = 1.5 } == "field 'ratio' is 1.5, its schema allows -inf to 1")
    #expect(refusal { $0.ratio = .nan } == "field 'ratio' is nan, its schema allows -inf to 1")
    #expect(refusal { $0.ratio = 1e300 } == "field 'ratio' is 1e+300, its schema allows -inf to 1")
    #expect(refusal { $0.volts[1] = 1e9 } == "field 'volts' is 1000000000, its schema allows -32.768 to 32.767 V")
    #expect(refusal { $0.pair[1] = 50.25 } == "field 'pair' is 50.25, its schema allows 0 to 50 mm")
    #expect(refusal { $0.pair[0] = .nan } == "field 'pair' is nan, its schema allows 0 to 50 mm")
    #expect(refusal { $0.few = [0, 0, 0, 0] } == "field 'few' has 4 elements, its schema allows 3")
    #expect(refusal { $0.weights[0].grams = 501 } == "field 'WEIGHT.grams' is 501, its schema allows 0 to 500 g")
  }

  @Test("show a value that cannot be stored as it is, and the nearest stored number")
  func shown() {
    var frame = sample
    frame.temperature = 1000
    #expect(frame.temperature == 1000 && frame.rawTemperature == .max && frame != sample)
    frame.temperature = .nan
    #expect(frame.temperature.isNaN && frame.rawTemperature == .min)
    frame.volts = [0, -1e9]
    #expect(frame.volts == [0, -1e9] && frame.rawVolts == [0, .min])
    frame.volts[1] = 1
    #expect(frame.rawVolts == [0, 1000])
  }
}
