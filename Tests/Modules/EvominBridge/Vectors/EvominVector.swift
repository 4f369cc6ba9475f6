import EvominBridgeProtocol
import Foundation
import TestSupport

/// One checked case of what goes over the wire.
struct EvominVector: Decodable, Sendable, CustomStringConvertible {
  /// A frame as the file names it.
  struct Frame: Decodable, Sendable {
    let command: UInt8
    let payloadHex: String

    func evomin() throws -> EvominFrame {
      try EvominFrame(EvominCommand(rawValue: command), Hex.bytes(payloadHex))
    }
  }

  /// What comes out in the end.
  struct Expectation: Decodable, Sendable {
    let frames: [Frame]?
    let txHex: String?
    let outcome: String?
    let transmissions: Int?
    let acked: Bool?
    let replyHex: String?
    let slaveFrames: [Frame]?
  }

  /// What a library really did.
  struct Observation: Decodable, Sendable {
    let frames: [Frame]?
    let txHex: String?
    let endState: String?
    let staleStuffFlag: Bool?
    let transmissions: Int?
    let atS: [Double]?
    let outcome: String?
    let exceptionOutOfPoll: String?
  }

  let id: String
  let kind: String
  let note: String?
  let command: UInt8?
  let payloadHex: String?
  let stuffBytes: Int?
  let crc8: UInt8?
  let wireHex: String?
  let wireMasterSlaveHex: String?
  let mustDeliver: [Frame]?
  let chunks: [Int]?
  let confirmedBy: [String]?
  let observed: [String: Observation]?
  let replyHex: String?
  let corruptMasterOut: [String: UInt8]?
  let corruptSlaveOut: [String: UInt8]?
  let exchange: [[UInt8?]]?
  let send: Frame?
  let frameWireHex: String?
  let injectAfterTx: [String: String]?
  let expect: Expectation?

  var description: String { "\(id) \(note ?? "")" }

  /// All cases of a kind.
  static func all(_ kind: String) -> [EvominVector] { file.filter { $0.kind == kind } }

  /// All cases there are.
  static let file: [EvominVector] = {
    struct File: Decodable { let cases: [EvominVector] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let bytes = try? Fixture.bytes("Tests/Modules/EvominBridge/Fixtures/evomin.json"),
      let file = try? decoder.decode(File.self, from: Data(bytes))
    else { return [] }
    return file.cases
  }()
}
