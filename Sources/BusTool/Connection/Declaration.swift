import BusClient
import Frames

/// The schema of a frame, as modules on the bus or this build declare it.
struct Declaration {
  let type: UInt16
  let name: String
  let list: String
  let fingerprint: UInt64
  /// How it is sent and kept, and what comes of it.
  let properties: FrameProperties
  /// Who declared it; nobody if only this build knows it.
  let users: [SchemaUser]
  let fields: Result<[FieldList.Field], FieldList.ParseError>

  init(_ schema: Schema) {
    var properties = (try? schema.properties) ?? FrameProperties()
    if properties == FrameProperties() {
      // A client that knows nothing of them leaves them out.
      let known = FrameType.allInFrames.map { $0.frameType }.first {
        $0.id == schema.type && FieldList.fingerprint("\($0.fields)") == schema.fingerprint
      }
      properties = known?.properties ?? properties
    }
    self.init(
      type: schema.type, name: schema.name, list: schema.fields, fingerprint: schema.fingerprint,
      properties: properties, users: schema.users)
  }

  /// A frame that this build knows.
  init(_ type: FrameType) {
    let list = "\(type.fields)"
    self.init(
      type: type.id, name: "\(type.name)", list: list, fingerprint: FieldList.fingerprint(list),
      properties: type.properties, users: [])
  }

  private init(
    type: UInt16, name: String, list: String, fingerprint: UInt64, properties: FrameProperties, users: [SchemaUser]
  ) {
    self.type = type
    self.name = name
    self.list = list
    self.fingerprint = fingerprint
    self.properties = properties
    self.users = users
    do throws(FieldList.ParseError) {
      fields = .success(try FieldList.parse(list))
    } catch {
      fields = .failure(error)
    }
  }

  /// Whether a module declared it.
  func isUsed(by module: UInt32) -> Bool { users.contains { $0.module == module } }

  /// The frames of this project, for a bus on which nobody has declared them yet.
  static let builtIn = FrameType.allInFrames.map { Declaration($0.frameType) }
}
