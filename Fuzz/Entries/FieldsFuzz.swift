import BusWire
import FuzzKit

/// Two field lists, apart by a zero byte, as two modules may declare them.
enum FieldsFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let lists = parts.map { String(decoding: $0, as: UTF8.self) }
    for list in lists { _ = try? FieldList.parse(list) }
    guard lists.count == 2 else { return }
    let here = FieldList.difference(lists[0], lists[1], thereName: "other")
    let there = FieldList.difference(lists[1], lists[0], thereName: "other")
    try require((here == nil) == (there == nil), "one side sees a difference, the other none")
    try require(FieldList.difference(lists[0], lists[0], thereName: "other") == nil, "a list differs from itself")
    if FieldList.fingerprint(lists[0]) == FieldList.fingerprint(lists[1]) {
      try require(here == nil, "equal fingerprints, different lists")
    }
  }
}
