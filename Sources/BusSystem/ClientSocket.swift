/// A connection to an address, from the name of its host on. It never waits.
///
/// A name may mean several addresses: they are tried in turn, until one takes or sends the first bytes.
package struct ClientSocket: ~Copyable, Sendable {
  /// How long it is waited for others. Times are monotonic nanoseconds.
  package struct Patience: Sendable {
    /// For the meaning of a name.
    package var lookup: UInt64 = 4_000_000_000
    /// For one of several addresses to say anything.
    package var address: UInt64 = 1_000_000_000

    package init() {}
  }

  private enum Phase {
    case lookingUp(until: UInt64)
    /// Nothing has gone through; the others are tried if nothing does.
    case trying(others: ArraySlice<SocketAddress>, until: UInt64)
    case open
    case failed(SystemError)
  }

  private let address: BusAddress
  /// Its name, while that is looked up.
  private let host: String
  private let bufferBytes: Int
  private let patience: Patience
  private var phase: Phase
  /// While looking up.
  private var lookup: HostLookup?
  /// While trying and while open.
  private var socket: Socket?

  /// Begins to connect.
  ///
  /// - Parameters:
  ///   - bufferBytes: the size of the kernel's buffers.
  ///   - resolver: says what a name means; the system by default.
  /// - Throws: `SystemError` if the other end refuses at once.
  package init(
    to address: BusAddress, bufferBytes: Int, patience: Patience = Patience(),
    resolver: @escaping HostLookup.Resolver = SocketAddress.resolve
  ) throws(SystemError) {
    if case .tcp(let host, let port) = address, !address.isNumeric {
      let lookup = try HostLookup(host: host, port: port, resolver: resolver)
      self.init(
        address, host: host, bufferBytes, patience, .lookingUp(until: Clock.monotonic + patience.lookup), lookup, nil)
    } else {
      let socket = try Socket.connect(to: address)
      socket.setBufferSizes(send: bufferBytes, receive: bufferBytes)
      self.init(address, host: "", bufferBytes, patience, .open, nil, socket)
    }
  }

  private init(
    _ address: BusAddress, host: String, _ bufferBytes: Int, _ patience: Patience, _ phase: Phase,
    _ lookup: consuming HostLookup?, _ socket: consuming Socket?
  ) {
    self.address = address
    self.host = host
    self.bufferBytes = bufferBytes
    self.patience = patience
    self.phase = phase
    self.lookup = lookup
    self.socket = socket
  }

  /// What it is waited for by; nil if there is nothing to wait for.
  ///
  /// - Returns: the descriptor, and whether it is that of the connection: if not, it only becomes readable.
  package var descriptor: (FileDescriptor, isConnection: Bool)? {
    switch lookup {
    case .some(let lookup): (lookup.descriptor, false)
    case .none:
      switch socket {
      case .some(let socket): (socket.descriptor, true)
      case .none: nil
      }
    }
  }

  /// When a transfer gets on although nothing is ready; nil if it does not.
  package var deadline: UInt64? {
    switch phase {
    case .lookingUp(let time): time
    case .trying(let others, let time): others.isEmpty ? nil : time
    case .open: nil
    case .failed: 0
    }
  }

  /// Reads what has arrived.
  package mutating func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    transfer { $0.receive(into: buffer) }
  }

  /// Sends what fits into the kernel's buffer.
  package mutating func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    transfer { $0.send(bytes) }
  }

  /// Says that nothing more will be sent; what the other side still sends can be read.
  package func shutdownWriting() { socket?.shutdownWriting() }

  @inline(__always)
  private mutating func transfer(_ body: (borrowing Socket) -> Transfer) -> Transfer {
    if case .open = phase {
      switch socket {
      case .some(let socket): return body(socket)
      case .none: return .endOfStream
      }
    }
    return transferBeforeOpen(body)
  }

  private mutating func transferBeforeOpen(_ body: (borrowing Socket) -> Transfer) -> Transfer {
    finishLookup()
    while true {
      switch phase {
      case .lookingUp: return .wouldBlock
      case .failed(let error): return .failed(error)
      case .open: return .wouldBlock
      case .trying(let others, let deadline):
        let result = tryTransfer(body)
        switch result {
        case .bytes, .endOfStream:
          phase = .open
          return result
        case .wouldBlock where others.isEmpty || Clock.monotonic < deadline: return result
        case .wouldBlock: connect(others, after: SystemError(code: SystemError.timedOut, call: "connect to \(address)"))
        case .failed(let error): connect(others, after: error)
        }
      }
    }
  }

  private func tryTransfer(_ body: (borrowing Socket) -> Transfer) -> Transfer {
    switch socket {
    case .some(let socket): body(socket)
    case .none: .endOfStream
    }
  }

  /// Begins with the addresses once they are known.
  private mutating func finishLookup() {
    guard case .lookingUp(let deadline) = phase else { return }
    do throws(SystemError) {
      if let addresses = try addresses() {
        connect(addresses[...], after: .unknownHost(host))
      } else if Clock.monotonic >= deadline {
        phase = .failed(.noAnswer(about: host))
      } else {
        return
      }
    } catch {
      phase = .failed(error)
    }
    lookup = nil
  }

  private func addresses() throws(SystemError) -> [SocketAddress]? {
    switch lookup {
    case .some(let lookup): try lookup.addresses()
    case .none: nil
    }
  }

  /// Begins to connect to the first of these that does not refuse at once.
  private mutating func connect(_ addresses: ArraySlice<SocketAddress>, after failure: SystemError) {
    var (others, failure) = (addresses, failure)
    socket = nil
    while let next = others.popFirst() {
      do throws(SystemError) {
        let socket = try Socket.connect(to: next, named: address)
        socket.setBufferSizes(send: bufferBytes, receive: bufferBytes)
        self.socket = consume socket
        phase = .trying(others: others, until: Clock.monotonic + patience.address)
        return
      } catch {
        failure = error
      }
    }
    phase = .failed(failure)
  }
}
