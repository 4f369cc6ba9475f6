import BlenderProtocol
import BlenderSimulator
import Testing

@Suite("A simulated dispenser")
struct SimulatedBoardTests {
  private var board = SimulatedBoard()
  private var scanner = DispenserScanner()
  private let order = DispenserMessage.serve(Pump(rawValue: 3)!, seconds: 5)

  private mutating func messages(at now: Duration) -> [DispenserMessage] {
    var all: [DispenserMessage] = []
    while let output = board.nextOutput(at: now) {
      if case .bytes(let bytes) = output { all += scanner.receive(bytes, at: now) }
    }
    return all
  }

  @Test("says that it serves, pours after 3 s, and says the end 7 s after")
  mutating func pours() {
    board.receive(order, at: .seconds(1))
    let first = messages(at: .seconds(1))
    #expect(first.first == .serving)
    #expect(board.pours == [SimulatedBoard.Pour(pump: 3, from: .seconds(4), to: .seconds(9))])
    #expect(board.deadline == .seconds(16))
    let before = messages(at: .milliseconds(15_999))
    let after = messages(at: .seconds(16))
    #expect(before == [] && after == [.ended])
  }

  @Test("does what came meanwhile afterwards, as far as it has room for it")
  mutating func queue() {
    for _ in 0..<20 { board.receive(order, at: .zero) }
    for turn in 1...20 { _ = messages(at: .seconds(15 * turn)) }
    #expect(board.pours.count == 17)
    #expect(board.deadline == nil)
  }

  @Test("loses what it is sent while it is silent, and an end on demand")
  mutating func faults() {
    board.apply(.silence(.seconds(1)), at: .zero)
    board.receive(order, at: .milliseconds(999))
    let silent = messages(at: .milliseconds(999))
    #expect(silent == [] && board.pours == [])
    board.apply(.noEnd(1), at: .seconds(1))
    board.receive(order, at: .seconds(1))
    _ = messages(at: .seconds(1))
    let end = messages(at: .seconds(16))
    #expect(end == [] && board.pours.count == 1)
  }

  @Test("goes on pouring while its plug is out")
  mutating func unplugged() {
    board.receive(order, at: .zero)
    _ = messages(at: .zero)
    board.apply(.unplug(.seconds(2)), at: .seconds(4))
    let out = board.nextOutput(at: .seconds(4))
    let still = board.nextOutput(at: .milliseconds(5999))
    let back = board.nextOutput(at: .seconds(6))
    #expect(out == .unplugged && still == nil && back == .plugged)
    let end = messages(at: .seconds(15))
    #expect(end == [.ended])
  }
}
