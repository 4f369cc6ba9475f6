import EvominBridgeProtocol
import Foundation
import TestSupport

/// One checked case of what goes over the wire.
public struct EvominVector: Decodable, Sendable, CustomStringConvertible {
  /// A frame as the file names it.
  public struct Frame: Decodable, Sendable {
    public let command: UInt8
    public let payloadHex: String

    public func evomin() throws -> EvominFrame {
      try EvominFrame(EvominCommand(rawValue: command), Hex.bytes(payloadHex))
    }
  }

  /// What comes out in the end.
  public struct Expectation: Decodable, Sendable {
    public let frames: [Frame]?
    public let txHex: String?
    public let outcome: String?
    public let transmissions: Int?
    public let acked: Bool?
    public let replyHex: String?
    public let slaveFrames: [Frame]?
  }

  /// What a library really did.
  public struct Observation: Decodable, Sendable {
    public let frames: [Frame]?
    public let txHex: String?
    public let endState: String?
    public let staleStuffFlag: Bool?
    public let transmissions: Int?
    public let atS: [Double]?
    public let outcome: String?
    public let exceptionOutOfPoll: String?
  }

  public let id: String
  public let kind: String
  public let note: String?
  public let command: UInt8?
  public let payloadHex: String?
  public let stuffBytes: Int?
  public let crc8: UInt8?
  public let wireHex: String?
  public let wireMasterSlaveHex: String?
  public let mustDeliver: [Frame]?
  public let chunks: [Int]?
  public let confirmedBy: [String]?
  public let observed: [String: Observation]?
  public let replyHex: String?
  public let corruptMasterOut: [String: UInt8]?
  public let corruptSlaveOut: [String: UInt8]?
  public let exchange: [[UInt8?]]?
  public let send: Frame?
  public let frameWireHex: String?
  public let injectAfterTx: [String: String]?
  public let expect: Expectation?

  public var description: String { "\(id) \(note ?? "")" }

  /// All cases of a kind.
  public static func all(_ kind: String) -> [EvominVector] { file.filter { $0.kind == kind } }

  /// All cases there are.
  public static let file: [EvominVector] = {
    struct File: Decodable { let cases: [EvominVector] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let bytes = try? Fixture.bytes("Tests/Modules/EvominBridge/Fixtures/evomin.json"),
      let file = try? decoder.decode(File.self, from: Data(bytes))
    else { return [] }
    return file.cases
  }()
}
