/// CRC-8/MAXIM-DOW: polynomial 31 hexadecimal, reflected, from 0; the checksum of "123456789" is A1.
struct EvominChecksum {
  private static let table: [UInt8] = (0...255).map { index in
    (0..<8).reduce(UInt8(index)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x8C }
  }

  private(set) var value: UInt8 = 0

  mutating func add(_ byte: UInt8) { value = Self.table[Int(value ^ byte)] }
}
