import BusSchema

/// What a schema may not exceed. Each is far above what a robot needs.
enum Limits {
  /// Files of a schema.
  static let filesMax = 256
  /// Files that include one another in a row.
  static let includeDepthMax = 8
  /// Enums, structs and frames, of each: as many frames as a manager keeps declared.
  static let declarationsMax = 1024
  /// Last values that a manager keeps of a frame per sender and instance.
  static let retainMax = 1024
  /// Frames of progress of a job: as many as fit into a DECLARE.
  static let progressMax = 32
  static let enumValuesMax = 1024
  static let fieldsMax = 256
  /// Fields of a frame with those of its structs.
  static let leavesMax = 4096
  static let nameBytesMax = FieldList.nameBytesMax
  static let unitBytesMax = 32
  static let docBytesMax = 4096
  static let fixedArrayCountMax = FieldList.fixedCountMax
  /// The largest payload of the bus; so the largest bound too.
  static let payloadBytesMax = 4 << 20
  /// Structs nested in structs.
  static let structDepthMax = FieldList.depthMax
}
