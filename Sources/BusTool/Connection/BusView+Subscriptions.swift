import BusClient

extension BusView {
  /// What to listen for, for the frames that a person named; none or ALL stands for all.
  ///
  /// - Throws: `ToolError` with advice if a name is not known.
  func subscriptions(_ frames: [String], instance: UInt8?) throws(ToolError) -> [Subscription] {
    if frames.isEmpty || frames.contains(where: { $0.lowercased() == "all" }) {
      return [Subscription(.all, instance: instance)]
    }
    var types: Set<UInt16> = []
    for frame in frames {
      // An id needs no declaration: whoever sends it may come later.
      if let id = UInt16(frame), (1..<FrameType.firstBusID).contains(id) {
        types.insert(id)
      } else {
        types.formUnion(try declarations(named: frame).map(\.type))
      }
    }
    return types.sorted().map { Subscription(FrameType(id: $0), instance: instance) }
  }
}

extension BusSession {
  /// What to listen for, for the frames that a person named, once they are known.
  func subscriptions(
    _ frames: [String], instance: UInt8?, _ console: Console
  ) throws(ToolError) -> [Subscription] {
    try find(console) { () throws(ToolError) -> [Subscription] in
      try view.subscriptions(frames, instance: instance)
    }
  }
}
