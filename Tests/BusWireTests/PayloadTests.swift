import Testing

@testable import BusWire

@Suite("A payload, value by value")
struct PayloadTests {
  /// What is read of some bytes, and how many are left.
  private func read<Value>(
    _ bytes: [UInt8], _ body: (inout PayloadReader) throws(CodecError) -> Value
  ) throws(CodecError) -> (value: Value, left: Int) {
    var reader = PayloadReader(bytes.span.bytes)
    let value = try body(&reader)
    return (value, reader.remaining)
  }

  /// The bytes that are written into this much room.
  private func written(
    _ room: Int, _ body: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(CodecError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: room)
    var failure: CodecError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(CodecError) {
        var writer = PayloadWriter(buffer)
        try body(&writer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  @Test("numbers are little-endian, and need all of their bytes")
  func numbers() throws {
    let number = try read([1, 2, 3]) { (reader) throws(CodecError) in try reader.scalar(UInt16.self, field: "n") }
    #expect(number.value == 0x0201 && number.left == 1)
    #expect(throws: CodecError.truncated(field: "n", needs: 4, left: 3)) {
      try read([1, 2, 3]) { (reader) throws(CodecError) in try reader.scalar(UInt32.self, field: "n") }
    }
    #expect(try written(2) { (writer) throws(CodecError) in writer.append(scalar: UInt16(0x0201)) } == [1, 2])
  }

  @Test("a bool is 0 or 1")
  func bools() throws {
    let bools = try read([0, 1]) { (reader) throws(CodecError) in
      [try reader.value(Bool.self, field: "b"), try reader.value(Bool.self, field: "b")]
    }
    #expect(bools.value == [false, true] && bools.left == 0)
    #expect(throws: CodecError.invalidBool(field: "b", value: 2)) {
      try read([2]) { (reader) throws(CodecError) in try reader.value(Bool.self, field: "b") }
    }
    #expect(
      try written(2) { (writer) throws(CodecError) in
        try writer.value(false, field: "b")
        try writer.value(true, field: "b")
      } == [0, 1])
    #expect(Bool.encodedSizeMin == 1 && true.encodedSize == 1)
  }

  @Test("strings are counted in bytes, up to their bound")
  func strings() throws {
    let text = try read([3, 0, 0, 0, 0xC3, 0xA9, 0x61, 9]) { (reader) throws(CodecError) in
      try reader.string(bound: 3, field: "s")
    }
    #expect(text.value == "éa" && text.left == 1)
    #expect(throws: CodecError.bytesOverBound(field: "s", bytes: 3, bound: 2)) {
      try read([3, 0, 0, 0, 1, 1, 1]) { (reader) throws(CodecError) in try reader.string(bound: 2, field: "s") }
    }
    #expect(throws: CodecError.countOverPayload(field: "s", count: 3, left: 2)) {
      try read([3, 0, 0, 0, 1, 1]) { (reader) throws(CodecError) in try reader.string(bound: nil, field: "s") }
    }
    #expect(throws: CodecError.invalidUTF8(field: "s")) {
      try read([1, 0, 0, 0, 0xFF]) { (reader) throws(CodecError) in try reader.string(bound: nil, field: "s") }
    }
    #expect(
      try written(7) { (writer) throws(CodecError) in try writer.string("éa", bound: 3, field: "s") }
        == [3, 0, 0, 0, 0xC3, 0xA9, 0x61])
    #expect(throws: CodecError.bytesOverBound(field: "s", bytes: 3, bound: 2)) {
      try written(7) { (writer) throws(CodecError) in try writer.string("éa", bound: 2, field: "s") }
    }
    #expect("éa".encodedSize == 7 && String.encodedSizeMin == 4)
  }

  @Test("byte strings likewise, and none are no bytes")
  func byteStrings() throws {
    let bytes = try read([2, 0, 0, 0, 7, 8, 9]) { (reader) throws(CodecError) in
      try reader.byteString(bound: 2, field: "b")
    }
    #expect(bytes.value == [7, 8] && bytes.left == 1)
    let none = try read([0, 0, 0, 0, 9]) { (reader) throws(CodecError) in
      try reader.byteString(bound: nil, field: "b")
    }
    #expect(none.value == [] && none.left == 1)
    #expect(
      try written(6) { (writer) throws(CodecError) in try writer.byteString([7, 8], bound: 2, field: "b") }
        == [2, 0, 0, 0, 7, 8])
    #expect(throws: CodecError.bytesOverBound(field: "b", bytes: 3, bound: 2)) {
      try written(7) { (writer) throws(CodecError) in try writer.byteString([7, 8, 9], bound: 2, field: "b") }
    }
  }

  @Test("arrays are counted in elements, and a count is checked against the bytes left")
  func arrays() throws {
    let numbers = try read([2, 0, 0, 0, 1, 0, 2, 0, 3]) { (reader) throws(CodecError) in
      try reader.array(of: UInt16.self, bound: 2, field: "a")
    }
    #expect(numbers.value == [1, 2] && numbers.left == 1)
    #expect(throws: CodecError.countOverBound(field: "a", count: 3, bound: 2)) {
      try read([3, 0, 0, 0, 1, 1, 1]) { (reader) throws(CodecError) in
        try reader.array(of: UInt8.self, bound: 2, field: "a")
      }
    }
    #expect(throws: CodecError.countOverPayload(field: "a", count: 2, left: 3)) {
      try read([2, 0, 0, 0, 1, 1, 1]) { (reader) throws(CodecError) in
        try reader.array(of: UInt16.self, bound: nil, field: "a")
      }
    }
    let texts = try read([2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x61]) { (reader) throws(CodecError) in
      try reader.array(of: String.self, bound: nil, field: "a")
    }
    #expect(texts.value == ["", "a"] && texts.left == 0)
    #expect(throws: CodecError.countOverPayload(field: "a", count: 2, left: 7)) {
      try read([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) { (reader) throws(CodecError) in
        try reader.array(of: String.self, bound: nil, field: "a")
      }
    }
    #expect(
      try written(8) { (writer) throws(CodecError) in try writer.array([1, 2] as [UInt16], bound: 2, field: "a") }
        == [2, 0, 0, 0, 1, 0, 2, 0])
    #expect(
      try written(6) { (writer) throws(CodecError) in try writer.array([true, false], bound: 2, field: "a") }
        == [2, 0, 0, 0, 1, 0])
    #expect(throws: CodecError.countOverBound(field: "a", count: 3, bound: 2)) {
      try written(7) { (writer) throws(CodecError) in try writer.array([1, 2, 3] as [UInt8], bound: 2, field: "a") }
    }
    #expect(([1, 2] as [UInt16]).encodedSize == 8 && ["", "a"].encodedSize == 13 && [true].encodedSize == 5)
  }

  @Test("fixed arrays have no count")
  func fixedArrays() throws {
    let type = FixedArray<3, UInt16>.self
    let array = try read([1, 0, 2, 0, 3, 0, 9]) { (reader) throws(CodecError) in
      try reader.fixedArray(type, field: "f")
    }
    #expect(array.value == .init([1, 2, 3]) && array.left == 1)
    #expect(throws: CodecError.truncated(field: "f", needs: 2, left: 1)) {
      try read([1, 0, 2, 0, 3]) { (reader) throws(CodecError) in try reader.fixedArray(type, field: "f") }
    }
    #expect(
      try written(6) { (writer) throws(CodecError) in try writer.fixedArray(array.value, field: "f") }
        == [1, 0, 2, 0, 3, 0])
    #expect(array.value.encodedSize == 6 && array.value.description == "[1, 2, 3]")
    #expect(FixedArray<2, String>(["", "a"]).encodedSize == 9)
    #expect(array.value != .init([1, 2, 4]) && array.value != .init([0, 2, 3]))
  }

  @Test("an enum travels as its number, whether that has a name or not")
  func enums() throws {
    for number in [2, 9] as [UInt8] {
      let outcome = JobOutcome(rawValue: number)
      #expect(try written(1) { (writer) throws(CodecError) in try writer.value(outcome, field: "e") } == [number])
      let read = try read([number, 0]) { (reader) throws(CodecError) in try reader.value(JobOutcome.self, field: "e") }
      #expect(read.value == outcome && read.left == 1)
    }
    #expect(JobOutcome.encodedSizeMin == 1 && JobOutcome.done.encodedSize == 1)
  }

  @Test("no bytes need no room")
  func nothing() {
    var writer = PayloadWriter(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    [1 as UInt8].withUnsafeBytes { writer.append(bytes: UnsafeRawBufferPointer(rebasing: $0[..<0])) }
    let count = writer.count
    #expect(count == 0)
  }

  @Test("an error names the path to its field, and has its cause without the values")
  func errors() {
    let errors: [(CodecError, path: CodecError, cause: String)] = [
      (.truncated(field: "f", needs: 4, left: 1), .truncated(field: "p.f", needs: 4, left: 1), "truncated f"),
      (
        .countOverBound(field: "f", count: 4, bound: 1), .countOverBound(field: "p.f", count: 4, bound: 1),
        "countOverBound f"
      ),
      (
        .bytesOverBound(field: "f", bytes: 4, bound: 1), .bytesOverBound(field: "p.f", bytes: 4, bound: 1),
        "bytesOverBound f"
      ),
      (.wrongCount(field: "f", count: 4, size: 1), .wrongCount(field: "p.f", count: 4, size: 1), "wrongCount f"),
      (
        .countOverPayload(field: "f", count: 4, left: 1), .countOverPayload(field: "p.f", count: 4, left: 1),
        "countOverPayload f"
      ),
      (.invalidUTF8(field: "f"), .invalidUTF8(field: "p.f"), "invalidUTF8 f"),
      (.invalidBool(field: "f", value: 4), .invalidBool(field: "p.f", value: 4), "invalidBool f"),
      (
        .outOfRange(field: "f", value: "4", range: "1"), .outOfRange(field: "p.f", value: "4", range: "1"),
        "outOfRange f"
      ),
    ]
    for (error, path, cause) in errors {
      #expect(error.inside("p") == path && error.causeID == cause)
      #expect(error.description.contains("'f'") && error.description.contains("4") == (cause != "invalidUTF8 f"))
    }
    #expect(CodecError.invalidUTF8(field: "[2].ratio").inside("shares") == .invalidUTF8(field: "shares[2].ratio"))
    #expect(CodecError.invalidUTF8(field: "").inside("shares") == .invalidUTF8(field: "shares"))
    #expect(CodecError.wrongCount(field: "f", count: 2, size: 3).description == "field 'f' of 3 elements was given 2")
  }

  @Test("what was written is counted, and nothing is written behind it")
  func room() throws {
    var counts: [Int] = []
    let bytes = try written(4) { (writer) throws(CodecError) in
      counts.append(writer.count)
      writer.append(scalar: UInt16(1))
      counts.append(writer.count)
    }
    #expect(bytes == [1, 0, 0xEE, 0xEE] && counts == [0, 2])
  }
}
