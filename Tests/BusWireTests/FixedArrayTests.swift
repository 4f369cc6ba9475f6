import BusWire
import Testing

@Suite("Fixed arrays")
struct FixedArrayTests {
  @Test("hold the elements of a sequence that has as many")
  func copying() throws {
    let bytes: [UInt8] = [1, 2, 3]
    #expect(try FixedArray<3, UInt8>(copying: bytes) == .init([1, 2, 3]))
    #expect(try FixedArray<3, UInt8>(copying: bytes.reversed()) == .init([3, 2, 1]))
    let error = #expect(throws: CodecError.wrongCount(field: "", count: 3, size: 4)) {
      try FixedArray<4, UInt8>(copying: bytes)
    }
    #expect(error?.description == "a fixed array of 4 elements was given 3")
    #expect(throws: CodecError.self) { try FixedArray<2, UInt8>(copying: bytes) }
  }

  @Test("show their elements as a span")
  func span() {
    var array = FixedArray<4, UInt16>(repeating: 7)
    array[2] = 9
    let span = array.span
    #expect(span.count == 4 && span[2] == 9 && span[3] == 7)
  }
}
