import EvominBridgeProtocol

@testable import EvominBridgeSimulator

/// One of the two libraries, and what there is to see of it.
struct LibraryUnderTest: Sendable, CustomStringConvertible {
  let name: String
  var firmware: any Firmware

  static let both = [
    LibraryUnderTest(name: "python", firmware: PythonFirmware(commands: allCommands)),
    LibraryUnderTest(name: "c", firmware: CFirmware()),
  ]

  var description: String { name }

  var state: LibraryState {
    (firmware as? PythonFirmware)?.state ?? (firmware as? CFirmware)?.state ?? .idle
  }

  /// As the file of cases calls it.
  var stateName: String {
    switch state {
    case .idle: "IDLE"
    case .error: "ERROR"
    case .payload: "PAYLD"
    case .checksumFailed: "CRC_FAIL"
    case .waitingForAcknowledgement: "WAIT_ACK"
    case let state: "\(state)"
    }
  }

  var dropsNext: Bool { (firmware as? CFirmware)?.dropsNext ?? false }
  var exceptions: UInt64 { (firmware as? PythonFirmware)?.exceptions ?? 0 }
}
