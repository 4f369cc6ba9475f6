/// The records of the modules by slot, beside the table of sessions.
struct ModuleTable {
  private var records: [ModuleRecord?] = []

  subscript(id: SessionID) -> ModuleRecord? {
    get {
      id.slot < records.count ? records[Int(id.slot)] : nil
    }
    _modify {
      while id.slot >= records.count { records.append(nil) }
      yield &records[Int(id.slot)]
    }
  }
}
