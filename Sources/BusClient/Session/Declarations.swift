import BusWire

/// The types that this client declares, in the order in which it first used them.
struct Declarations {
  private var declares: [Declare] = []
  private var indexByType: [UInt16: Int] = [:]
  /// The type that was sent last; most frames are of the same type as the one before.
  private(set) var lastSent: UInt16 = 0

  /// All that are in use, for a new connection.
  var all: [Declare] { declares.filter { $0.sends || $0.listens } }

  /// The name of a type that was declared, else its id, for people.
  func title(of type: UInt16) -> String {
    indexByType[type].map { declares[$0].name } ?? "\(type)"
  }

  /// How many frames of a type are kept; 1 unless a schema says otherwise.
  func depth(of type: UInt16) -> Int {
    max(1, indexByType[type].map { Int(declares[$0].retain) } ?? 1)
  }

  /// Records a use.
  ///
  /// - Returns: the DECLARE to send; nil if the manager knows it already or there is no schema to declare.
  mutating func add(_ type: FrameType, sends: Bool = false, listens: Bool = false) -> Declare? {
    if sends, type.id == lastSent { return nil }
    guard type.name.utf8CodeUnitCount > 0, type.id != 0, !type.isBusFrame else { return nil }
    if sends { lastSent = type.id }
    if let index = indexByType[type.id] {
      return merge(index, sends: sends, listens: listens)
    }
    return add(
      Declare(
        type: type.id, name: "\(type.name)", sends: sends, listens: listens, fields: "\(type.fields)",
        properties: type.properties))
  }

  /// Like the other one, for a schema that is known at run time only.
  mutating func add(_ declare: Declare) -> Declare? {
    if let index = indexByType[declare.type] { return merge(index, sends: declare.sends, listens: declare.listens) }
    indexByType[declare.type] = declares.count
    declares.append(declare)
    // One that neither sends nor listens would withdraw the type; its name is kept for messages.
    return declare.sends || declare.listens ? declare : nil
  }

  /// Listens for these types and no others.
  ///
  /// - Returns: the DECLAREs to send; one of a type that is not used any more withdraws it.
  mutating func listen(for types: [FrameType]) -> [Declare] {
    let listened = Set(types.map(\.id))
    var changed: [Declare] = []
    // Whoever listens for all types listens for those.
    for index in declares.indices where !listened.contains(0) && !listened.contains(declares[index].type) {
      guard declares[index].listens else { continue }
      declares[index].listens = false
      changed.append(declares[index])
    }
    return changed + types.compactMap { add($0, listens: true) }
  }

  private mutating func merge(_ index: Int, sends: Bool, listens: Bool) -> Declare? {
    guard (sends && !declares[index].sends) || (listens && !declares[index].listens) else { return nil }
    if sends { declares[index].sends = true }
    if listens { declares[index].listens = true }
    return declares[index]
  }
}
