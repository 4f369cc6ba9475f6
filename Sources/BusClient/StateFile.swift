import BusSystem
import ProgramKit

/// A small file of a module in its state folder (`--state`), for what must outlive it: read at its start, and replaced
/// as a whole on each change. A crash or a full disk leaves it as it was.
///
/// If it cannot be written, that is reported once, and the module goes on without it.
public final class StateFile {
  /// Why what is set now will be forgotten at the module's end; nil if it is written down.
  public private(set) var problem: String?
  private let file: JournalFile?
  private let log: Log

  /// Opens the file, and its folder, or makes them.
  ///
  /// - Parameters:
  ///   - name: its name in the module's folder.
  ///   - bus: the module's.
  /// - Throws: `BusError` if another process has the file.
  public init(_ name: String, of bus: Bus) throws(BusError) {
    log = bus.configuration.log
    guard let path = bus.configuration.statePath(name) else {
      file = nil
      problem = "there is no state folder; give one with --state"
      return
    }
    do throws(SystemError) {
      file = try JournalFile(path: path)
    } catch  where error.code == SystemError.busy {
      throw BusError(.configuration, "\(error)", cause: error)
    } catch {
      file = nil
      report("\(error)")
    }
  }

  /// What an earlier process wrote last; empty if nothing.
  public func contents() -> [UInt8] {
    guard let file else { return [] }
    do throws(SystemError) {
      return try file.contents()
    } catch {
      report("\(error)")
      return []
    }
  }

  /// Puts this in place of all of it. It is on the disk when the call returns, unless `problem` says otherwise.
  public func replace(with bytes: [UInt8]) {
    guard let file else { return }
    do throws(SystemError) {
      try file.replace(with: bytes)
      if problem != nil { log(.info, "state_written", ["meaning": "what was set is written down again"]) }
      problem = nil
    } catch {
      report("\(error)")
    }
  }

  private func report(_ reason: String) {
    let isNew = problem == nil
    problem = reason
    guard isNew else { return }
    log(.warning, "no_state", ["reason": reason, "meaning": "what is set now will be forgotten at the end"])
  }
}
