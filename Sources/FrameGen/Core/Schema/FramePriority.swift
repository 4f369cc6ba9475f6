/// The priorities of the bus by their names in a schema.
enum FramePriority: String, CaseIterable {
  case high, normal, low
  case dataStream = "data_stream"
}
