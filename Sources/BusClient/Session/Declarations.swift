import BusWire

/// The types that this client declares, in the order in which it first used them.
struct Declarations {
  private var declares: [Declare] = []
  private var indexByType: [UInt16: Int] = [:]

  /// All of them, for a new connection.
  var all: [Declare] { declares }

  /// The name of a type that was declared, else its id, for people.
  func title(of type: UInt16) -> String {
    indexByType[type].map { declares[$0].name } ?? "\(type)"
  }

  /// Takes note of a use.
  ///
  /// - Returns: the DECLARE to send; nil if the manager knows it already or there is no schema to tell.
  mutating func add(_ type: FrameType, sends: Bool = false, listens: Bool = false) -> Declare? {
    guard type.name.utf8CodeUnitCount > 0, type.id != 0, !type.isBusFrame else { return nil }
    if let index = indexByType[type.id] {
      return merge(index, sends: sends, listens: listens)
    }
    return add(id: type.id, name: "\(type.name)", fields: "\(type.fields)", sends: sends, listens: listens)
  }

  /// Like the other one, for a schema that is known at run time only.
  mutating func add(id: UInt16, name: String, fields: String, sends: Bool, listens: Bool) -> Declare? {
    if let index = indexByType[id] { return merge(index, sends: sends, listens: listens) }
    let declare = Declare(
      type: id, name: name, sends: sends, listens: listens, fields: fields,
      fingerprint: FieldList.fingerprint(fields))
    indexByType[id] = declares.count
    declares.append(declare)
    return declare
  }

  private mutating func merge(_ index: Int, sends: Bool, listens: Bool) -> Declare? {
    let before = declares[index]
    declares[index].sends = before.sends || sends
    declares[index].listens = before.listens || listens
    return declares[index] == before ? nil : declares[index]
  }
}
