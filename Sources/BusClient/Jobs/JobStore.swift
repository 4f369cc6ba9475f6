import BusSystem
import BusWire
import ProgramKit

/// A worker's journal in its state folder: what it accepted and how it ended, for the next process.
///
/// One that cannot be written is reported once, and the work goes on without it.
struct JobStore {
  private let journal: JobJournal
  private let file: JournalFile?
  private let log: Log
  private var unwritten: [UInt8] = []
  /// Why what happens now will be unknown after a restart; nil if all is written down.
  private(set) var problem: String?

  /// A journal that grows beyond this is written anew, with what still matters.
  private static let bytesMax = 1 << 20

  /// - Parameter path: the journal's file; nil keeps none.
  /// - Throws: `SystemError` if another process has the journal: two that do the same jobs would do them twice.
  init(path: String?, outcomeType: UInt16, log: Log) throws(SystemError) {
    journal = JobJournal(outcomeType: outcomeType)
    self.log = log
    guard let path else {
      file = nil
      problem = "there is no state folder; give one with --state"
      return
    }
    do throws(SystemError) {
      file = try JournalFile(path: path)
    } catch  where error.code == SystemError.busy {
      throw error
    } catch {
      file = nil
      problem = "\(error)"
      reportProblem()
    }
  }

  /// What an earlier process wrote.
  mutating func past(jobsMax: Int) -> JobJournal.Past {
    guard let file else { return JobJournal.Past() }
    do throws(SystemError) {
      let past = journal.read(try file.contents(), jobsMax: jobsMax)
      if past.damagedLines > 0 {
        log(.warning, "journal_damaged", ["lines": "\(past.damagedLines)", "meaning": "what they said is unknown"])
      }
      try file.replace(with: past.entries.flatMap(journal.line))
      return past
    } catch {
      problem = "\(error)"
      reportProblem()
      return JobJournal.Past()
    }
  }

  /// Adds an entry; it is on the disk after the next `write`.
  mutating func add(_ entry: JobJournal.Entry) {
    if file != nil { unwritten += journal.line(entry) }
  }

  /// Writes down what was added.
  ///
  /// - Parameter entries: all that matters, asked for when the journal has grown too large.
  mutating func write(entries: () -> [JobJournal.Entry]) {
    guard let file, !unwritten.isEmpty else { return }
    do throws(SystemError) {
      // After a failure all that was missed is made up for.
      if problem != nil || file.byteCount > Self.bytesMax {
        try file.replace(with: entries().flatMap(journal.line))
      } else {
        try file.append(unwritten)
      }
      if problem != nil { log(.info, "journal_written", ["meaning": "the journal is complete again"]) }
      problem = nil
    } catch {
      let isNew = problem == nil
      problem = "\(error)"
      if isNew { reportProblem() }
    }
    unwritten = []
  }

  private func reportProblem() {
    log(
      .warning, "no_journal",
      ["reason": problem ?? "", "meaning": "if this program is killed, what became of its jobs will be unknown"])
  }
}
