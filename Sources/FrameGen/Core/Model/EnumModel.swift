/// An open set of named numbers.
struct EnumModel {
  struct Value {
    let name: String
    let number: Int128
  }

  let name: String
  let doc: String?
  /// The integers that carry it on the wire.
  let carrier: NumberType
  let values: [Value]
}
