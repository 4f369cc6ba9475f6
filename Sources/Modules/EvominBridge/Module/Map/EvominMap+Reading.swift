import EvominBridgeProtocol
import YAMLText

extension EvominMap {
  /// A larger file is a mistake.
  static var fileBytesMax: Int { SourceText.bytesMax }

  /// Reads the text of an `evomin.yaml`; docs/EVOMIN.md explains the keys.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds.
  ///   - path: the file's path as the user wrote it.
  ///   - instance: of which instance a frame is where the file does not say.
  ///   - payloadBytesMax: what the device can receive.
  /// - Throws: everything that is wrong with it.
  init(
    reading bytes: [UInt8], path: String = "evomin.yaml", instance: UInt8 = 0,
    payloadBytesMax: Int = EvominFrame.payloadBytesMax
  ) throws(SettingsError) {
    var reader = EvominMapReader(instance: instance, payloadBytesMax: payloadBytesMax)
    self.init(
      try reader.read(bytes, path: path, advice: "no device needs that much") { $0.routes(in: $1, path: path) })
  }
}
