/// A frame of the bus.
struct FrameModel {
  let name: String
  let id: UInt16
  let doc: String?
  let priority: FramePriority
  let isRetained: Bool
  let fields: [FieldModel]
  /// The canonical field list.
  let fieldList: String
}
