/// Facts of the wire protocol that both sides must agree on.
package enum WireProtocol {
  /// The version in HELLO and WELCOME.
  package static let version: UInt16 = 1

  /// The TCP port of a manager.
  package static let port: UInt16 = 5000

  /// Bytes of a name at most.
  package static let nameBytesMax = 64

  /// Whether `name` may be the name of a module or frame: 1 to 64 letters, digits and `._-`.
  package static func isValidName(_ name: String) -> Bool {
    let bytes = name.utf8
    return (1...nameBytesMax).contains(bytes.count)
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

extension ModuleStatus {
  /// What `user` is where the kernel knows no user.
  package static let unknownUser = UInt32.max

  /// The user of the module's process, if the kernel knows it.
  package var knownUser: UInt32? { user == Self.unknownUser ? nil : user }
}
