import BusWire
import FrameCases
import Frames
import GoldenFrames
import Testing

@Suite("The bytes of a payload")
struct WireLayoutTests {
  @Test("of a frame with fixed-size fields only are those of a packed C struct")
  func packed() throws {
    let frame = Coordinate(
      altitude: -2, longTenthousandthMin: 0x0102, latTenthousandthMin: 9999, latDeg: 47, latMin: 30, longDeg: 9,
      longMin: 59,
      northSouthHemisphere: true, eastWestHemisphere: false)
    #expect(frame.encodedSize == 12)
    #expect(try frame.payload() == [0xFE, 0xFF, 0x02, 0x01, 0x0F, 0x27, 47, 30, 9, 59, 1, 0])
  }

  @Test("are little-endian for every number")
  func numbers() throws {
    let frame = Scalars(
      flag: true, a: -1, b: -2, c: -3, d: -4, e: 1, f: 0x0203, g: 0x0405_0607, h: 0x0809_0A0B_0C0D_0E0F, i: 1, j: -2)
    #expect(
      try frame.payload() == [
        1, 0xFF, 0xFE, 0xFF, 0xFD, 0xFF, 0xFF, 0xFF, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        1, 3, 2, 7, 6, 5, 4, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 9, 8, 0, 0, 0x80, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0,
      ])
  }

  @Test("count strings and variable arrays, and have fixed arrays inline")
  func counted() throws {
    #expect(
      try External(externalId: .init([7, 8]), type: 0x1234, data: [9, 9, 9]).payload() == [
        7, 8, 0x34, 0x12, 3, 0, 0, 0, 9, 9, 9,
      ])
    #expect(
      try Distance(sensorType: 1, sensorPov: 2, angles: [3, 4], values: []).payload() == [
        1, 2, 0, 2, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0,
      ])
    #expect(try RobotNames(names: "é").payload() == [2, 0, 0, 0, 0xC3, 0xA9])
  }

  @Test("have structs inline")
  func structs() throws {
    let item = Labelled(
      label: "ab", light: .green, corners: .init([Point(x: 1, y: 2), Point(x: 3, y: 4)]),
      shares: [Share(pump: 7, ratio: 1)],
      self_: true, encodedSize_: 5, writer: 6, reader: 7, field: 8)
    let frame = Nested(share: Share(pump: 1, ratio: 0), items: [item], level: .lowest, word: .type)
    #expect(
      try frame.payload() == [
        1, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0x61, 0x62, 2, 1, 0, 2, 0, 3, 0, 4, 0, 1, 0, 0, 0, 7, 0, 0, 0x80, 0x3F,
        1, 5, 6, 7, 8, 0, 0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
      ])
  }

  @Test("are none for a frame without fields")
  func empty() throws {
    #expect(try Trigger().payload() == [])
    #expect(try Trigger(payload: [1, 2]) == Trigger())
  }
}
