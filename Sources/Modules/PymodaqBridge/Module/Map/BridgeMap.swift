import BusClient
import PymodaqBridgeProtocol
import YAMLText

/// What the bridge is for PyMoDAQ, and PyMoDAQ for the bus.
struct BridgeMap: Equatable, Sendable {
  /// An instrument of the bus, for a TCPServer plugin.
  struct Instrument: Equatable, Sendable {
    let server: BusAddress
    /// Nil: to be found out.
    let generation: PymodaqGeneration?
  }

  /// A frame with what is wanted of it.
  struct Source: Equatable, Sendable {
    let frame: FrameType
    let instance: UInt8
    /// Whether a request for the frame brings a fresh one.
    let isAsked: Bool
  }

  /// What is measured.
  struct Channel: Equatable, Sendable {
    /// The columns of an image.
    enum Width: Equatable, Sendable {
      case fixed(Int)
      case field(FrameField)
    }

    let label: String
    let units: String
    let dimension: PymodaqDimension
    let source: Source
    let field: FrameField
    /// The scale of what has one dimension.
    let axis: FrameField?
    /// Of what has two.
    let width: Width?
  }

  struct Detector: Equatable, Sendable {
    let instrument: Instrument
    let channels: [Channel]
    let settings: PymodaqDetector.Settings
  }

  /// A frame that commands something.
  struct Command: Equatable, Sendable {
    let frame: FrameType
    let instance: UInt8
    /// Where the number goes; nil for a frame that needs none.
    let field: FrameField?
    /// What its other fields are.
    let others: [String: Double]
  }

  struct Actuator: Equatable, Sendable {
    let instrument: Instrument
    let target: Command
    let position: Source
    let positionField: FrameField
    let home: Command?
    let stop: Command?
    let abilities: PymodaqActuator.Abilities
    let settings: PymodaqActuator.Settings
  }

  /// An instrument of a PyMoDAQ elsewhere, which connects to the bridge.
  struct Remote: Equatable, Sendable {
    let kind: PymodaqClientKind
    let address: BusAddress
    let generation: PymodaqGeneration
    let instance: UInt8
    let units: String
    let dimension: PymodaqDimension
    /// How often it is asked; nil for on request only.
    let poll: Duration?
    let timeout: Duration
    let tolerance: Double
  }

  enum Kind: Equatable, Sendable {
    case detector(Detector)
    case actuator(Actuator)
    case remote(Remote)
  }

  struct Role: Equatable, Sendable {
    let name: String
    let kind: Kind
  }

  /// A larger one is a mistake.
  static let fileBytesMax = 1 << 20
  /// As many as a status holds.
  static let rolesMax = 32

  /// In the order of the file.
  let roles: [Role]
}

extension BridgeMap {
  /// Reads the text of a `pymodaq.yaml`; docs/PYMODAQ.md explains the keys.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds.
  ///   - path: the file's path as the user wrote it.
  ///   - instance: of which instance a frame is where the file does not say.
  /// - Throws: everything that is wrong with it.
  init(reading bytes: [UInt8], path: String = "pymodaq.yaml", instance: UInt8 = 0) throws(SettingsError) {
    var reader = BridgeMapReader(instance: instance)
    self.init(
      roles: try reader.read(bytes, path: path, advice: "no lab has as many instruments") {
        $0.roles(in: $1, path: path)
      })
  }
}
