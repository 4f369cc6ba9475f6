/// Who may ask: any page in a browser can reach a port on localhost, and any name can be made to mean this machine.
package struct WebPolicy: Sendable {
  /// Names and addresses by which browsers may ask for this server, beside localhost and the address that it was
  /// reached at; lower case, without a port, such as `raspberrypi.local`.
  package var hosts: Set<String>
  /// Pages of these origins may ask, beside those from this server and from `http://localhost`; such as
  /// `https://bar.example`.
  package var origins: Set<String>
  /// Who comes from another machine is answered only with the token, if there is one.
  package var token: WebToken?

  package init(hosts: Set<String> = [], origins: Set<String> = [], token: WebToken? = nil) {
    self.hosts = Set(hosts.map { $0.lowercased() })
    self.origins = Set(origins.map { $0.lowercased() })
    self.token = token
  }

  /// Checks a request.
  ///
  /// - Parameter localAddress: the numeric address of this machine that the connection reached, without a port.
  /// - Returns: why it is refused; nil if it is not.
  package func check(_ head: RequestHead, localAddress: String?) -> WebRefusal? {
    let host = (head["host"] ?? "").lowercased()
    guard let name = Self.name(of: host),
      Self.isLoopback(name) || name == localAddress?.lowercased() || hosts.contains(name)
    else {
      return WebRefusal(
        .misdirectedRequest,
        "This server is not known by the name in the request's Host field; use its address, or configure the name.")
    }
    guard isAllowed(origin: head["origin"]?.lowercased(), host: host) else {
      return WebRefusal(.forbidden, "Pages from elsewhere may not use this server, unless their origin is configured.")
    }
    // Whoever reached a loopback address is on this machine.
    guard let token, localAddress.map(Self.isLoopback) != true else { return nil }
    let given = [head.parameter("token")].compactMap { $0 } + head.cookies(Self.cookieName(host))
    guard given.contains(where: token.matches) else {
      return WebRefusal(
        .unauthorized, "This server wants its token: open the whole address that it showed, with ?token=… in it.")
    }
    return nil
  }

  /// What a browser is to keep after a request that passed the check with a token in its target, so that the page need
  /// not carry it along.
  func cookie(for head: RequestHead) -> String? {
    guard let token, let given = head.parameter("token"), token.matches(given) else { return nil }
    return "\(Self.cookieName(head["host"] ?? ""))=\(given); Path=/; HttpOnly; SameSite=Strict"
  }

  /// Browsers keep the cookies of all ports of a host together.
  private static func cookieName(_ host: String) -> String {
    let last = host.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    return "framebus-\(last.isPort && host.contains(":") ? last : "80")"
  }

  private func isAllowed(origin: String?, host: String) -> Bool {
    guard let origin, !origins.contains(origin), origin != "http://\(host)", origin != "https://\(host)" else {
      return true
    }
    guard origin.hasPrefix("http://"), let name = Self.name(of: String(origin.dropFirst(7))) else { return false }
    return Self.isLoopback(name)
  }

  private static func isLoopback(_ name: String) -> Bool {
    name == "localhost" || name == "127.0.0.1" || name == "::1"
  }

  /// The name in `name:port`, without the brackets of an IPv6 address; nil if it is no name that can be compared.
  private static func name(of host: String) -> String? {
    var name = host[...]
    if let colon = name.lastIndex(of: ":"), name.last != "]" {
      guard name[colon...].dropFirst().isPort else { return nil }
      name = name[..<colon]
    }
    if name.first == "[", name.last == "]" {
      name = name.dropFirst().dropLast()
      return name.utf8.allSatisfy { $0.isHostByte || $0 == UInt8(ascii: ":") } ? String(name) : nil
    }
    return name.isEmpty || !name.utf8.allSatisfy(\.isHostByte) ? nil : String(name)
  }
}

/// What a browser must know to be answered.
package struct WebToken: Equatable, Sendable, CustomStringConvertible {
  /// As it is written in an address.
  package let description: String

  /// - Parameter text: 16 to 128 letters, digits, hyphens and underlines; nil for anything else.
  package init?(_ text: String) {
    guard (16...128).contains(text.utf8.count),
      text.utf8.allSatisfy({ $0.isHostByte && $0 != UInt8(ascii: ".") })
    else { return nil }
    description = text
  }

  /// Makes a new one that nobody can guess, of 32 hexadecimal digits.
  package static func random() -> WebToken {
    var random = SystemRandomNumberGenerator()
    let digits = (0..<32).map { _ in String(random.next() & 15, radix: 16) }.joined()
    return WebToken(unchecked: digits)
  }

  private init(unchecked text: String) { description = text }

  /// Whether a text is the token, in a time that does not depend on where it differs.
  package func matches(_ text: String) -> Bool {
    let here = Array(description.utf8)
    let there = Array(text.utf8)
    var difference: UInt8 = here.count == there.count ? 0 : 1
    for index in here.indices { difference |= here[index] ^ (index < there.count ? there[index] : 0) }
    return difference == 0
  }
}

extension Substring {
  fileprivate var isPort: Bool {
    (1...5).contains(utf8.count) && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

extension UInt8 {
  /// Whether it may be in a host's name or numeric address, but for the colons of IPv6.
  fileprivate var isHostByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
