/// Bytes of a connection that are no whole message yet.
public struct PymodaqInbox: Sendable {
  /// How messages are read. What a message says of its generation is remembered.
  public var generation: PymodaqGeneration
  private let limits: PymodaqLimits
  private var bytes: [UInt8] = []
  /// Fewer bytes than this are no message.
  private var wanted = 1

  /// An empty one.
  public init(_ generation: PymodaqGeneration, limits: PymodaqLimits = PymodaqLimits()) {
    self.generation = generation
    self.limits = limits
  }

  /// Takes bytes that came, in pieces of any size.
  public mutating func append(_ bytes: some Sequence<UInt8>) { self.bytes.append(contentsOf: bytes) }

  /// How many bytes wait.
  public var count: Int { bytes.count }

  /// The first bytes, for a look that tells generations apart; nil if there are not as many.
  public func first(_ count: Int) -> ArraySlice<UInt8>? { bytes.count < count ? nil : bytes[..<count] }

  /// The next message; nil if it has not arrived completely.
  ///
  /// - Parameter read: reads one from its beginning.
  /// - Throws: `PymodaqError`, but not that something is missing. After it nothing that follows can be understood.
  public mutating func next<Message>(
    _ read: (inout PymodaqReader) throws(PymodaqError) -> Message
  ) throws(PymodaqError) -> Message? {
    guard bytes.count >= wanted else { return nil }
    var reader = PymodaqReader(bytes, generation, limits: limits)
    do throws(PymodaqError) {
      let message = try read(&reader)
      bytes.removeFirst(reader.offset)
      generation = reader.generation
      wanted = 1
      return message
    } catch .incomplete(let needed) {
      wanted = needed
      return nil
    }
  }
}
