extension EvominFrame {
  /// The checksum over command, length and payload; stuff bytes do not count.
  public var checksum: UInt8 {
    var checksum = EvominChecksum()
    checksum.add(command.rawValue)
    checksum.add(UInt8(payload.count))
    for byte in payload { checksum.add(byte) }
    return checksum.value
  }

  /// Whether the payload ends in a pair of AA that a stuff byte would follow if there were more.
  ///
  /// The C library takes the next frame's first byte for that stuff byte.
  public var endsInPair: Bool {
    var run = EvominRun()
    for byte in payload { run.add(byte) }
    return run.isPair
  }

  /// The whole frame as it goes over a UART, with one end byte.
  public var encoded: EvominWire {
    var wire = EvominWire()
    encode(into: &wire)
    wire.append(EvominByte.end)
    return wire
  }

  /// Appends everything but the end bytes.
  func encode(into wire: inout EvominWire) {
    for _ in 0..<EvominByte.startBytes { wire.append(EvominByte.start) }
    wire.append(command.rawValue)
    wire.append(UInt8(payload.count))
    var run = EvominRun()
    for byte in payload {
      if run.isPair {
        wire.append(EvominByte.stuff)
        run = EvominRun()
      }
      wire.append(byte)
      run.add(byte)
    }
    wire.append(checksum)
  }
}
