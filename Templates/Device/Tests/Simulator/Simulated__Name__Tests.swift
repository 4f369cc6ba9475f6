import Testing
import __Name__Simulator

@Suite("A simulated __name__")
struct Simulated__Name__Tests {
  private var device = Simulated__Name__()

  private mutating func answer(at now: Duration = .zero) -> [Simulated__Name__.Output] {
    device.receive(Array("R\n".utf8), at: now)
    var all: [Simulated__Name__.Output] = []
    while let output = device.nextOutput(at: now) { all.append(output) }
    return all
  }

  @Test("answers with its temperature")
  mutating func answers() {
    #expect(answer() == [.bytes(Array("T 2150\n".utf8))])
    device.apply(.temperature(-5), at: .zero)
    #expect(answer() == [.bytes(Array("T -5\n".utf8))])
  }

  @Test("says nothing for as long as it is told, then answers again")
  mutating func silence() {
    device.apply(.silence(.seconds(2)), at: .seconds(10))
    #expect(answer(at: .seconds(11)) == [])
    #expect(answer(at: .seconds(12)).count == 1)
  }

  @Test("loses its plug, and gets it back")
  mutating func unplugged() {
    device.apply(.unplug(.seconds(1)), at: .zero)
    #expect(device.deadline == .seconds(1))
    #expect(device.nextOutput(at: .zero) == .unplugged)
    #expect(device.nextOutput(at: .milliseconds(999)) == nil)
    #expect(device.nextOutput(at: .seconds(1)) == .plugged)
    #expect(device.deadline == nil)
  }
}
