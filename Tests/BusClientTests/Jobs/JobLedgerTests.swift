import Testing

@testable import BusClient

@Suite("A worker's jobs")
struct JobLedgerTests {
  private func word(_ number: UInt64) -> JobLedger.Word {
    JobLedger.Word(type: 77, payload: [UInt8(truncatingIfNeeded: number)], timestamp: number)
  }

  @Test("a command is new once; the same again gets the latest word, another under its id is refused")
  func identity() {
    var ledger = JobLedger(jobsMax: 4)
    #expect(ledger.answer(7, [1]) == .new)
    ledger.open(7, [1])
    #expect(ledger.answer(7, [1]) == .known(latest: nil))
    ledger.say(word(1), about: 7)
    #expect(ledger.answer(7, [1]) == .known(latest: word(1)))
    #expect(ledger.answer(7, [2]) == .inUse)
    ledger.end(7, word(2))
    #expect(ledger.answer(7, [1]) == .known(latest: word(2)))
    #expect(ledger.answer(7, [2]) == .inUse)
  }

  @Test("a job ends once")
  func once() {
    var ledger = JobLedger(jobsMax: 4)
    ledger.end(1, word(1))
    #expect(ledger.answer(1, []) == .new)
    ledger.open(1, [])
    #expect(ledger.isOpen(1))
    ledger.end(1, word(1))
    #expect(!ledger.isOpen(1))
    ledger.end(1, word(2))
    #expect(ledger.answer(1, []) == .known(latest: word(1)))
  }

  @Test("as many may be open as outcomes are kept, and the oldest outcome is forgotten first")
  func bounds() {
    var ledger = JobLedger(jobsMax: 2)
    ledger.open(1, [])
    ledger.open(2, [])
    #expect(ledger.answer(3, []) == .full)
    for request in UInt32(1)...4 {
      if request > 2 { ledger.open(request, []) }
      ledger.end(request, word(UInt64(request)))
    }
    #expect(ledger.openCount == 0)
    #expect(ledger.answer(1, []) == .new && ledger.answer(2, []) == .new)
    #expect(ledger.answer(3, []) == .known(latest: word(3)) && ledger.answer(4, []) == .known(latest: word(4)))
  }

  @Test("an outcome of an earlier process is known by its command, of which only a hash is left")
  func remembered() {
    var ledger = JobLedger(jobsMax: 2)
    ledger.remember(9, commandHash: JobLedger.hash([1, 2]), word(5))
    #expect(ledger.answer(9, [1, 2]) == .known(latest: word(5)))
    #expect(ledger.answer(9, [2, 1]) == .inUse)
  }
}

@Suite("A worker's journal")
struct JobJournalTests {
  private let journal = JobJournal(outcomeType: 77)

  private func outcome(_ timestamp: UInt64) -> JobLedger.Word {
    JobLedger.Word(type: 77, payload: [0x0A, 0xFF], timestamp: timestamp)
  }

  private func text(_ entries: [JobJournal.Entry]) -> [UInt8] { entries.flatMap(journal.line) }

  @Test("says what is open and how the latest ended, in order")
  func reads() {
    let bytes = text([
      .accepted(request: 1, command: [1]), .accepted(request: 2, command: []), .accepted(request: 3, command: [3]),
      .ended(request: 1, commandHash: 5, outcome: outcome(10)),
      .ended(request: 3, commandHash: .max, outcome: outcome(11)),
      .accepted(request: 4, command: [0, 255]),
    ])
    let past = journal.read(bytes, jobsMax: 64)
    #expect(past.open.map(\.request) == [2, 4] && past.open.map(\.command) == [[], [0, 255]])
    #expect(past.ended.map(\.request) == [1, 3] && past.ended.map(\.commandHash) == [5, .max])
    #expect(past.ended.map(\.outcome) == [outcome(10), outcome(11)])
    #expect(past.damagedLines == 0)
    #expect(journal.read(text(past.entries), jobsMax: 64) == past)
  }

  @Test("keeps the latest outcomes only")
  func latest() {
    let bytes = text((1...5).map { .ended(request: $0, commandHash: 0, outcome: outcome(UInt64($0))) })
    #expect(journal.read(bytes, jobsMax: 2).ended.map(\.request) == [4, 5])
  }

  @Test("survives a power cut at any byte: a line is there whole or not at all")
  func torn() {
    let first = text([.accepted(request: 1, command: [1, 2, 3])])
    let second = text([.ended(request: 1, commandHash: 0xABC, outcome: outcome(12))])
    for count in 0..<second.count {
      let past = journal.read(first + second[..<count], jobsMax: 64)
      #expect(past.open.map(\.request) == [1] && past.ended.isEmpty)
      #expect(past.damagedLines == (count == 0 ? 0 : 1))
    }
    #expect(journal.read(first + second, jobsMax: 64).open.isEmpty)
  }

  @Test(
    "counts lines that mean nothing and goes on behind them",
    arguments: [
      "nonsense", "accepted", "accepted x 00", "accepted 1 0", "accepted 1 ０0", "accepted 1 00 00", "ended 1 zz 1 00",
      "ended 1 0 -1 00", "ended 1 0 1", "", "accepted 4294967296 00",
    ])
  func damaged(line: String) {
    let past = journal.read(Array("\(line)\n".utf8) + text([.accepted(request: 2, command: [])]), jobsMax: 64)
    #expect(past.damagedLines == 1)
    #expect(past.open.map(\.request) == [2])
  }
}
