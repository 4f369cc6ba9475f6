import BusWire
import Testing

@testable import framebus

/// What takes seconds on a real bus: modules that hang, are slow, or do not answer.
@Suite("What ails a bus")
struct ExaminationTests {
  private func status(
    _ milliseconds: UInt64, sensor: ModuleState, display: ModuleState, lost: UInt64, framesOut: UInt64 = 0
  ) -> BusStatus {
    let modules = [(1, sensor, 0), (2, display, lost)].map { module, state, lost in
      ModuleCounters(
        module: module, state: state, framesIn: 0, bytesIn: 0, framesOut: framesOut, bytesOut: 0, waitingBytes: 5000,
        waitingBytesMark: 9000, heldMilliseconds: 100, lost: lost)
    }
    return BusStatus(
      uptimeMilliseconds: milliseconds, queuedBytes: 0, queuedBytesMax: 0, retainedBytes: 0, modules: modules, types: []
    )
  }

  private func examination(
    sensor: ModuleState = .joined, display: ModuleState = .joined, lostBefore: UInt64 = 0, lost: UInt64 = 0,
    framesOut: UInt64 = 100, _ headers: [FrameHeader] = []
  ) -> Examination {
    var view = BusView()
    for (id, name) in [(UInt32(1), "sensor"), (2, "display")] {
      view.update(
        ModuleStatus(module: id, state: .joined, instance: 0, observer: false, pid: 40 + id, name: name, reason: ""))
    }
    let fields = "value uint8 - 1"
    view.replaceSchemas([
      Schema(
        type: 9, name: "LEVEL", fields: fields, fingerprint: FieldList.fingerprint(fields),
        users: [
          SchemaUser(module: 1, sends: true, listens: true), SchemaUser(module: 2, sends: false, listens: true),
        ])
    ])
    var traffic = MeterBoard(windowSeconds: 5)
    for header in headers { traffic.add(header, now: 0) }
    let window = StatusWindow(
      status(3000, sensor: sensor, display: display, lost: lost, framesOut: framesOut),
      since: status(1000, sensor: sensor, display: display, lost: lostBefore))
    return Examination(view: view, window: window, traffic: traffic)
  }

  private func frame(_ examination: Examination) -> Finding? {
    FrameExamination(9, name: "LEVEL", examination).findings.last
  }

  private let value = FrameHeader(size: 1, type: 9, source: 1)
  private let request = FrameHeader(size: 0, type: 9, flags: .request, source: 2)

  @Test("a module that hangs, with its process")
  func hung() {
    let sick = examination(sensor: .hung)
    #expect(frame(sick)?.seen == "sensor (process 41) is hung: it gives no PONG")
    #expect(sick.findings.map(\.grade) == [.problem])
    #expect(ModuleExamination(bus: sick, module: 1).findings[1].grade == .problem)
  }

  @Test("a listener that loses, now or before")
  func loses() {
    let sick = examination(display: .slow, lostBefore: 10, lost: 40, [value])
    #expect(frame(sick)?.seen == "display is slow: it lost 30 frames in 2 s, 40 in all, and 5.00 kB wait for it")
    let recovered = examination(lostBefore: 40, lost: 40, [value])
    #expect(frame(recovered)?.grade == .note && recovered.findings.map(\.grade) == [.note])
  }

  @Test("a listener that is sent too little to have got the frame, even of one instance")
  func missed() {
    let values = (0..<10).map { _ in value }
    var other = value
    other.instance = 4
    let both = values + (0..<20).map { _ in other }
    #expect(frame(examination(framesOut: 0, values))?.seen == "10 LEVEL passed, but display was not sent them")
    #expect(frame(examination(framesOut: 0, both))?.meaning.contains("from instance 0, 4, or") == true)
    #expect(frame(examination(framesOut: 10, both))?.grade == .ok)
    let module = ModuleExamination(bus: examination(framesOut: 3, values), module: 2).findings
    #expect(module.map(\.grade) == [.ok, .problem])
    #expect(examination(framesOut: 0, values).findings.map(\.grade) == [.problem])
    // Who sends it listens for requests of it only.
    #expect(ModuleExamination(bus: examination(framesOut: 0, values), module: 1).findings.map(\.grade) == [.ok, .ok])
  }

  @Test("requests that nobody answers, or for an instance that is not there")
  func requests() {
    let unanswered = examination([request, request])
    #expect(frame(unanswered)?.seen == "2 requests for LEVEL passed in 2 s, and no answer")
    #expect(unanswered.findings.map(\.grade) == [.problem])
    #expect(frame(examination([request]))?.seen == "no LEVEL passed in 2 s")
    var other = request
    other.instance = 3
    #expect(
      frame(examination([request, other, value]))?.seen
        == "1 requests are for instance 3, but LEVEL comes from instance 0 only")
    #expect(frame(examination([request, value]))?.grade == .ok)
  }
}
