import BusClient
import BusSystem
import BusWire

/// A link that ends in memory. Waiting for it only moves its clock; other descriptors are looked at as they are.
final class MockLink: Link {
  let manager = MockManager()
  /// Whether connecting works.
  var isReachable = true
  private(set) var monotonicTime: UInt64 = 1_000_000_000
  private var isOpen = false
  /// Whether the manager takes what is sent.
  var takesFrames = true

  /// By how much its coarse clock goes forward at a time.
  var tickNanoseconds: UInt64 = 1
  var coarseTime: UInt64 { monotonicTime / tickNanoseconds * tickNanoseconds }
  var wallTime: UInt64 { 1_700_000_000_000_000_000 + monotonicTime }
  /// The same every time, as everything about this link is.
  func random(below bound: UInt64) -> UInt64 { bound / 2 }

  func advance(by duration: Duration) {
    monotonicTime += duration.inNanoseconds
  }

  func open(_ address: BusAddress) throws(SystemError) {
    guard isReachable else { throw SystemError(code: SystemError.connectionRefused, call: "connect to \(address)") }
    manager.restart()
    isOpen = true
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let count = min(buffer.count, manager.toClient.count)
    guard count > 0 else { return isOpen ? .wouldBlock : .endOfStream }
    buffer.copyBytes(from: manager.toClient[..<count])
    manager.toClient.removeFirst(count)
    return .bytes(count)
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard isOpen else { return .endOfStream }
    guard takesFrames else { return .wouldBlock }
    manager.receive(bytes)
    return .bytes(bytes.count)
  }

  func endSending() {}

  func close() {
    isOpen = false
  }

  func wait(
    forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64
  ) -> [FileDescriptor] {
    var wait = DescriptorWait()
    for other in others { wait.add(other.descriptor, writing: other.writing) }
    wait.wait(until: 0)
    let ready = others.indices.filter { wait.isReady($0) }.map { others[$0].descriptor }
    let mayGoOn = !ready.isEmpty || (forBytes && !manager.toClient.isEmpty) || (forRoom && takesFrames)
    if !mayGoOn { monotonicTime = max(monotonicTime, deadline) }
    return ready
  }
}
