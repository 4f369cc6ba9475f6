import BusSystem

/// A connection over TCP, for a device or a program on the network. It never waits.
///
///     stream = try NetworkStream(to: address)
///     bus.wake(on: stream.descriptor)
///     // on every call of process():
///     if let end = stream.read(into: &bytes) { … }
///     if let end = stream.flush() { … }
///
/// When its owner goes, or the program is killed, the connection is reset: the other side learns of it at once, and what
/// it has not read yet is dropped. Agree with it on the end before, if it matters.
public struct NetworkStream: ~Copyable, Sendable {
  /// How a connection ended.
  public enum End: Equatable, Sendable, CustomStringConvertible {
    /// The other side closed it in order.
    case closed
    /// It broke, was reset, or could not be made.
    case lost(SystemError)

    /// How it ended, for a person.
    public var description: String {
      switch self {
      case .closed: "the other side closed the connection"
      case .lost(let error): "\(error)"
      }
    }
  }

  /// Bytes that one call of `read` brings at most; the rest keeps the descriptor readable.
  public static let readBytesMax = 256 << 10
  /// After this long without a sign of life of its system the other side is given up.
  public static let lossSeconds: Int32 = 12

  /// Bytes that may wait because the other side does not take them.
  public let outputBytesMax: Int
  /// Readable when there is something to read, or to send that waits.
  public var descriptor: FileDescriptor { watch.descriptor }

  private let socket: Socket
  private var watch: LineWatch
  private var output: [UInt8] = []
  private var sentCount = 0

  /// Begins to connect; the first transfers say how it went.
  ///
  /// - Parameters:
  ///   - address: with a numeric host: to ask for the meaning of a name could take long.
  ///   - outputBytesMax: bytes that may wait because the other side does not take them.
  /// - Throws: `SystemError` if the other end refuses at once or the host is a name.
  public init(to address: BusAddress, outputBytesMax: Int = 1 << 20) throws(SystemError) {
    guard address.isNumeric else {
      throw SystemError(
        code: SystemError.invalidArgument, call: "connect to \(address)", advice: "write the host as numbers")
    }
    try self.init(try Socket.connect(to: address), outputBytesMax: outputBytesMax)
  }

  init(_ socket: consuming Socket, outputBytesMax: Int) throws(SystemError) {
    watch = try LineWatch()
    socket.setResetsAtEnd()
    socket.setNoticesLoss(afterSeconds: Self.lossSeconds)
    self.socket = socket
    self.outputBytesMax = outputBytesMax
    watch.watch(self.socket.descriptor, writing: true)
  }

  /// Where the other side is, such as `192.168.1.7:51200`; nil if it is not there any more, or not yet.
  public var peer: BusAddress? { socket.peer }

  /// How many bytes wait because the other side has not taken them.
  public var waitingBytes: Int { output.count - sentCount }

  /// Appends what has arrived to `bytes`.
  ///
  /// - Returns: how the connection ended, if that is found out by it. Bytes that came before are in `bytes`.
  public mutating func read(into bytes: inout [UInt8]) -> End? {
    let before = bytes.count
    while bytes.count - before < Self.readBytesMax {
      let transfer = withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 1) { piece in
        let transfer = socket.receive(into: piece)
        if case .bytes(let count) = transfer { bytes.append(contentsOf: piece[..<count]) }
        return transfer
      }
      if let end = end(transfer) { return end }
      if transfer == .wouldBlock { break }
    }
    return nil
  }

  private static let pieceBytes = 64 << 10

  /// Sends bytes behind those that wait, and keeps what the other side does not take yet.
  ///
  /// - Returns: false if more than `outputBytesMax` would wait; nothing of it was accepted then.
  public mutating func write(_ bytes: some Collection<UInt8>) -> Bool {
    guard waitingBytes + bytes.count <= outputBytesMax else { return false }
    output.append(contentsOf: bytes)
    return true
  }

  /// Sends what waits, as far as it goes.
  ///
  /// - Returns: how the connection ended, if that is found out by it.
  public mutating func flush() -> End? {
    var result: End?
    while waitingBytes > 0 {
      let transfer = output.withUnsafeBytes {
        socket.send(UnsafeRawBufferPointer(rebasing: $0[sentCount...]))
      }
      guard case .bytes(let count) = transfer else {
        result = end(transfer)
        break
      }
      sentCount += count
    }
    if waitingBytes == 0 {
      output.removeAll(keepingCapacity: output.capacity <= 64 << 10)
      sentCount = 0
    }
    watch.watch(socket.descriptor, writing: waitingBytes > 0)
    return result
  }

  private func end(_ transfer: Transfer) -> End? {
    switch transfer {
    case .bytes, .wouldBlock: nil
    case .endOfStream: .closed
    case .failed(let error): .lost(error)
    }
  }
}

/// Accepts connections over TCP for a module.
public struct NetworkListener: ~Copyable, Sendable {
  private let listener: Listener

  /// Starts to listen.
  ///
  /// - Parameter address: port 0 lets the system choose.
  /// - Throws: `SystemError` that says why the address cannot be had.
  public init(_ address: BusAddress) throws(SystemError) { listener = try Listener(address) }

  /// Where it really listens: with the port that the system chose if 0 was asked for.
  public var address: BusAddress { listener.address }
  /// Whether only programs on this machine can connect.
  public var isLocal: Bool { listener.isLocal }
  /// Readable when a connection waits.
  public var descriptor: FileDescriptor { listener.descriptor }

  /// The next connection that waits; nil if there is none.
  ///
  /// - Parameter outputBytesMax: bytes that may wait because the other side does not take them.
  /// - Throws: `SystemError` if the system gives no descriptor for it.
  public func accept(outputBytesMax: Int = 1 << 20) throws(SystemError) -> NetworkStream? {
    guard let socket = try listener.accept() else { return nil }
    return try NetworkStream(socket, outputBytesMax: outputBytesMax)
  }
}
