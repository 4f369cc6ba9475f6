/// Names that no schema may use.
enum ReservedNames {
  /// What the bus's own schema declares; others would hide it.
  static let bus: Set<String> = [
    "BUS_STATUS", "DECLARE", "GOODBYE", "GOODBYE_CODE", "HELLO", "JOB_OUTCOME", "LISTEN", "LISTEN_ENTRY", "LOSS_REASON",
    "LOST",
    "MISMATCH", "MODULE_COUNTERS", "MODULE_STATE", "MODULE_STATUS", "NO_LISTENER", "PING", "PONG", "SCHEMA",
    "SCHEMA_USER", "TYPE_COUNTERS", "WELCOME",
  ]

  /// The SDK's modules.
  static let sdkModules: Set<String> = [
    "BusClient", "BusSchema", "BusSystem", "BusTesting", "BusWire", "DeviceIO", "ProgramKit",
  ]

  /// The SDK's public types, which code beside a schema wants to name.
  static let sdkTypes: Set<String> = [
    "Backlog", "Bus", "BusAddress", "BusConfiguration", "BusError", "ChildProcess", "CodecError", "DeviceSimulation",
    "FieldScale", "FileDescriptor", "FixedArray", "Frame", "FrameFlags", "FrameHeader", "FrameProperties", "FrameType",
    "GPIOChip", "GPIOLine", "GPIOLines", "GivenOptions", "Job", "JobCommand", "JobFrame", "JobFrames", "JobOutcome",
    "JobOutcomeFrame", "Jobs", "Log", "MockBus", "Module", "NetworkListener", "NetworkStream", "OpenJob", "Option",
    "OutputLines", "ParentLink", "PayloadEnum", "PayloadReader", "PayloadScalar", "PayloadValue", "PayloadWriter",
    "Priority", "ProgramOption", "ProgramRole", "PseudoTerminal", "ScaledScalar", "ScaledStorage", "ScaledValue",
    "SentFrame", "SerialLine", "SerialPort", "SimulatedDevice", "SimulatedLineEvent", "SimulatedLines",
    "SimulatedPort", "SpiDevice", "StateFile", "StatusPublisher", "Subscription", "SystemError", "TestManager",
    "TimeUnit", "TypedFrame", "UsageError",
  ]

  /// Types within generated ones, which would hide others of the same name there.
  static let generatedTypes: Set<String> = ["Outcome"]

  /// Swift's own types that generated code names, or that code beside it could not do without.
  static let swiftTypes: Set<String> = [
    "Any", "Array", "Bool", "Character", "ClosedRange", "Collection", "CustomStringConvertible", "Dictionary",
    "Double", "Equatable", "Error", "Float", "Hashable", "InlineArray", "Int", "Int16", "Int32", "Int64", "Int8",
    "Never", "Optional", "Protocol", "Range", "RawRepresentable", "RawSpan", "Result", "Self", "Sendable", "Sequence",
    "Set", "Span", "StaticString", "String", "Swift", "Task", "Type", "UInt", "UInt16", "UInt32", "UInt64", "UInt8",
    "Void",
  ]

  /// Members that generated structs have beside their fields, and `self`, which not even backticks make a member.
  static let fieldMembers: Set<String> = ["encodedSize", "self"]

  /// Members that generated enums have beside their values.
  static let enumMembers: Set<String> = ["allKnown", "encodedSizeMin", "self"]

  /// Words that Swift reads as something else where a name is declared or used.
  static let keywords: Set<String> = [
    "any", "as", "associatedtype", "async", "await", "borrow", "break", "case", "catch", "class", "consume",
    "continue", "copy", "default", "defer", "deinit", "discard", "do", "each", "else", "enum", "extension",
    "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal",
    "is", "let", "macro", "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
    "return", "self", "some", "static", "struct", "subscript", "super", "switch", "then", "throw", "throws", "true",
    "try", "typealias", "unsafe", "var", "where", "while", "yield",
  ]
}
