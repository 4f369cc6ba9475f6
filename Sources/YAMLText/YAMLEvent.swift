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
