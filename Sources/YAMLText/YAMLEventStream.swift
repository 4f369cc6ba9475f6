import CYaml

/// A step of libyaml through a document.
struct YAMLEvent {
  enum Kind {
    case streamStart, streamEnd
    case documentStart, documentEnd
    case sequenceStart, sequenceEnd
    case mappingStart, mappingEnd
    case scalar(String, isPlain: Bool)
    case alias
  }

  let kind: Kind
  let position: Position
  let hasAnchor: Bool
  let hasTag: Bool
}

/// libyaml's parser with its memory: bytes in, events out.
final class YAMLEventStream {
  private let bytes: [UInt8]
  private let file: String
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// The parser keeps pointers to itself, so it has a fixed place.
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    parser = .allocate(capacity: 1)
    precondition(yaml_parser_initialize(parser) == 1, "out of memory")
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event of the document.
  ///
  /// - Throws: where the text is not YAML, and why.
  func next() throws(Diagnostic) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    return YAMLEvent(event, file: file)
  }

  private func syntaxError() -> Diagnostic {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "unknown problem"
    let context = state.context.map { " \(String(cString: $0))" } ?? ""
    let place =
      state.error == YAML_READER_ERROR
      ? Position(ofByte: Int(state.problem_offset), in: bytes, file: file)
      : Position(state.problem_mark, file: file)
    if problem == "found character that cannot start any token", state.buffer.pointer?.pointee == UInt8(ascii: "\t") {
      return Diagnostic(place, "a tab; indent with spaces")
    }
    return Diagnostic(place, "not valid YAML\(context): \(problem)\(advice(on: problem))")
  }

  /// What to do about the two mistakes that are made most.
  private func advice(on problem: String) -> String {
    switch problem {
    case "did not find expected ',' or '}'":
      "; inside { } a type with brackets and a text with a comma need quotes"
    case "mapping values are not allowed in this context":
      "; a text with ': ' in it needs quotes"
    default:
      ""
    }
  }
}

extension YAMLEvent {
  fileprivate init(_ event: yaml_event_t, file: String) {
    position = Position(event.start_mark, file: file)
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      kind = .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
      hasAnchor = scalar.anchor != nil
      hasTag = scalar.tag != nil
    case YAML_SEQUENCE_START_EVENT:
      kind = .sequenceStart
      hasAnchor = event.data.sequence_start.anchor != nil
      hasTag = event.data.sequence_start.tag != nil
    case YAML_MAPPING_START_EVENT:
      kind = .mappingStart
      hasAnchor = event.data.mapping_start.anchor != nil
      hasTag = event.data.mapping_start.tag != nil
    default:
      kind = Kind(event.type)
      hasAnchor = false
      hasTag = false
    }
  }
}

extension YAMLEvent.Kind {
  /// The events that carry nothing.
  fileprivate init(_ type: yaml_event_type_t) {
    switch type {
    case YAML_STREAM_START_EVENT: self = .streamStart
    case YAML_DOCUMENT_START_EVENT: self = .documentStart
    case YAML_DOCUMENT_END_EVENT: self = .documentEnd
    case YAML_SEQUENCE_END_EVENT: self = .sequenceEnd
    case YAML_MAPPING_END_EVENT: self = .mappingEnd
    case YAML_ALIAS_EVENT: self = .alias
    default: self = .streamEnd
    }
  }
}

extension Position {
  /// The place of a mark of libyaml, which counts from 0.
  fileprivate init(_ mark: yaml_mark_t, file: String) {
    self.init(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}
