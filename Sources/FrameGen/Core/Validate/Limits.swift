/// What a schema may not exceed. Each is far above what a robot needs.
enum Limits {
  /// Entries under each of `enums`, `structs` and `frames`: as many as a manager keeps declared.
  static let declarationsMax = 1024
  static let enumValuesMax = 1024
  static let fieldsMax = 256
  /// Fields of a frame with those of its structs.
  static let leavesMax = 4096
  static let nameBytesMax = 64
  static let unitBytesMax = 32
  static let docBytesMax = 4096
  static let fixedArrayCountMax = 65_536
  /// The largest payload of the bus; so the largest bound too.
  static let payloadBytesMax = 4 << 20
  /// What a DECLARE can carry.
  static let fieldListBytesMax = 65_536
  /// Structs within structs.
  static let structDepthMax = 8
}
