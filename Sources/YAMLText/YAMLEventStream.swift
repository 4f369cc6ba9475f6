import CYaml

/// libyaml's parser with its memory: bytes in, events out.
final class YAMLEventStream {
  private let bytes: [UInt8]
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// The parser keeps pointers to itself, so it has a fixed place.
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
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
    return YAMLEvent(event)
  }

  private func syntaxError() -> Diagnostic {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "unknown problem"
    let context = state.context.map { " \(String(cString: $0))" } ?? ""
    let place =
      state.error == YAML_READER_ERROR
      ? Position(ofByte: Int(state.problem_offset), in: bytes) : Position(state.problem_mark)
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
