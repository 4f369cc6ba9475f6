import YAMLText

/// Checks that a frame's field list can be declared to a manager.
enum FieldListCheck {
  static func diagnostics(of frames: [FrameModel], declaredAs declarations: [FrameDeclaration]) -> [Diagnostic] {
    zip(frames, declarations).compactMap { frame, declaration in
      let size = frame.fieldList.utf8.count
      guard size > Limits.fieldListBytesMax else { return nil }
      return Diagnostic(
        declaration.name.position,
        "the field list of \(frame.name) has \(size) bytes, the limit is \(Limits.fieldListBytesMax); shorten its docs"
          + " or split it")
    }
  }
}
