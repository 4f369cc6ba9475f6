import BusWire

/// Looks at a payload as strictly as an SDK looks at a frame that it sends, and takes no byte too many: those are the
/// gaps of a struct that is not packed more often than a newer sender's fields.
struct PayloadCheck: Equatable, Sendable {
  /// Nil if they are not known: then any payload passes.
  let fields: [FieldList.Field]?

  init(_ type: FrameType) {
    fields = type.name.utf8CodeUnitCount > 0 ? try? FieldList.parse("\(type.fields)") : nil
  }

  /// The fewest bytes that the fields take.
  var bytesMin: Int {
    let needed = fields?.prefix { $0.defaultValue == nil } ?? []
    return needed.reduce(0) { $0 + $1.type.sizeMin }
  }

  func problem(of payload: [UInt8]) -> PayloadProblem? {
    guard let fields else { return nil }
    var reader = PayloadReader(payload.span.bytes)
    do throws(CodecError) {
      for field in fields {
        if reader.isAtEnd, field.defaultValue != nil { break }
        try Self.check(field, &reader)
      }
    } catch {
      return .unfit(error)
    }
    guard !reader.isAtEnd else { return nil }
    return .tooLong(bytes: payload.count, fieldBytes: payload.count - reader.remaining)
  }

  private static func check(_ field: FieldList.Field, _ reader: inout PayloadReader) throws(CodecError) {
    do throws(CodecError) {
      guard field.type.shape != .single else { return try checkElement(field, &reader) }
      for index in 0..<(try count(field.type, &reader)) {
        do throws(CodecError) {
          try checkElement(field, &reader)
        } catch {
          throw error.inside("[\(index)]")
        }
      }
    } catch {
      throw error.inside(field.name)
    }
  }

  private static func count(_ type: FieldList.ValueType, _ reader: inout PayloadReader) throws(CodecError) -> Int {
    switch type.shape {
    case .single: return 1
    case .fixed(let count):
      guard type.sizeMin <= reader.remaining else {
        throw .truncated(field: "", needs: type.sizeMin, left: reader.remaining)
      }
      return count
    case .bounded(let bound): return try reader.count(bound: bound, elementSizeMin: type.elementSizeMin, field: "")
    case .unbounded: return try reader.count(bound: nil, elementSizeMin: type.elementSizeMin, field: "")
    }
  }

  private static func checkElement(_ field: FieldList.Field, _ reader: inout PayloadReader) throws(CodecError) {
    switch field.type.element {
    case .bool: _ = try Bool(from: &reader, field: "")
    case .number(let type): try checkNumber(type, field, &reader)
    case .string(let bound): _ = try reader.string(bound: bound, field: "")
    case .bytes(let bound): _ = try reader.byteString(bound: bound, field: "")
    case .structure(let fields): for field in fields { try check(field, &reader) }
    }
  }
}
