import BusWire
import Testing

@Suite("A value with a scale")
struct ScaledValueTests {
  private let hundredths = FieldScale(1, over: 100)

  /// The error that encoding gives.
  private func refusal<Stored>(
    _ value: ScaledValue<Stored>, in range: ClosedRange<Stored.Step>? = nil, unit: StaticString = ""
  ) -> String? {
    do throws(CodecError) {
      _ = try value.encodable(in: range, hundredths, unit: unit, field: "f")
      return nil
    } catch {
      return error.description
    }
  }

  @Test("is stored as the nearest whole number of steps")
  func rounding() {
    #expect(FieldScale(3, over: 4).physical(8) == 6 && FieldScale(3, over: 4).steps(6) == 8)
    #expect(FieldScale(10).physical(8) == 80 && FieldScale(10).steps(80) == 8)
    #expect(ScaledValue<Int16>(1.234, hundredths) == .stored(123))
    #expect(ScaledValue<Int16>(-1.236, hundredths) == .stored(-124))
    #expect(ScaledValue<Int16>.stored(123).physical(hundredths) == 1.23)
  }

  @Test("that cannot be stored is kept as it is, and clamped to the nearest that can")
  func unstorable() {
    let high = ScaledValue<Int8>(1.28, hundredths)
    #expect(high == .unstorable(1.28) && high.physical(hundredths) == 1.28 && high.clamped(hundredths) == 127)
    #expect(ScaledValue<Int8>(1.27, hundredths) == .stored(127))
    #expect(ScaledValue<Int8>(-1.28, hundredths) == .stored(-128))
    #expect(ScaledValue<Int8>(-1.29, hundredths).clamped(hundredths) == -128)
    #expect(ScaledValue<UInt8>(.nan, hundredths).clamped(hundredths) == 0)
    #expect(ScaledValue<UInt8>.stored(9).clamped(hundredths) == 9)
    #expect(ScaledValue<Float>(1e300, hundredths).clamped(hundredths) == .greatestFiniteMagnitude)
    #expect(ScaledValue<Float>(-1e300, hundredths).clamped(hundredths) == -.greatestFiniteMagnitude)
    #expect(ScaledValue<Float>(.infinity, hundredths) == .stored(.infinity))
    #expect(ScaledValue<Double>(2.5, hundredths) == .stored(250))
  }

  @Test("is refused at encoding with what is allowed, in its unit")
  func refused() {
    let value = ScaledValue<Int16>(1.5, hundredths)
    #expect(refusal(value) == nil && refusal(value, in: 0...150) == nil && refusal(value, in: 150...150) == nil)
    #expect(refusal(value, in: 0...149) == "field 'f' is 1.5, its schema allows 0 to 1.49")
    #expect(refusal(value, in: 151...200, unit: "m") == "field 'f' is 1.5, its schema allows 1.51 to 2 m")
    let high = ScaledValue<Int16>(400, hundredths)
    #expect(refusal(high) == "field 'f' is 400, its schema allows -327.68 to 327.67")
    #expect(refusal(high, in: 0...100) == "field 'f' is 400, its schema allows 0 to 1")
  }

  @Test("may be an array, of which the first that is wrong is named")
  func arrays() {
    let fine = ScaledValue<[Int8]>([0.01, 1], hundredths)
    #expect(fine == .stored([1, 100]) && fine.physical(hundredths) == [0.01, 1] && fine.encodedSize(hundredths) == 6)
    #expect(refusal(fine, in: 0...99) == "field 'f' is 1, its schema allows 0 to 0.99")
    let wrong = ScaledValue<[Int8]>([0, 2, 3], hundredths)
    #expect(wrong == .unstorable([0, 2, 3]) && wrong.clamped(hundredths) == [0, 127, 127])
    #expect(refusal(wrong) == "field 'f' is 2, its schema allows -1.28 to 1.27")
    #expect(wrong.encodedSize(hundredths) == 7)
  }

  @Test("may be a fixed array")
  func fixedArrays() {
    let fine = ScaledValue<FixedArray<2, UInt16>>(.init([0.5, 2]), hundredths)
    #expect(fine == .stored(.init([50, 200])) && fine.physical(hundredths) == .init([0.5, 2]))
    #expect(fine.encodedSize(hundredths) == 4)
    #expect(refusal(fine, in: 51...300) == "field 'f' is 0.5, its schema allows 0.51 to 3")
    let wrong = ScaledValue<FixedArray<2, UInt16>>(.init([1, -1]), hundredths)
    #expect(wrong.clamped(hundredths) == .init([100, 0]))
    #expect(refusal(wrong) == "field 'f' is -1, its schema allows 0 to 655.35")
  }

  @Test("may be a single number of any width")
  func sizes() {
    #expect(ScaledValue<Int8>.stored(1).encodedSize(hundredths) == 1)
    #expect(ScaledValue<Int64>.stored(1).encodedSize(hundredths) == 8)
  }
}
