import BusWire
import ProgramKit

/// Something that a client's log says.
enum ClientEvent: Equatable {
  case connected(id: UInt32, bus: String)
  case reconnected(id: UInt32, away: Duration)
  case disconnected(reason: String)
  /// Frames that were lost with a connection; some of them may have gone out.
  case notSent(framesAtMost: Int, reason: String)
  /// The connection ended before the manager had answered GOODBYE: so many frames were not sent at most, and some of
  /// those that were may not have been read.
  case goodbyeUnanswered(framesLeft: Int, reason: String)
  /// Kept frames of a type that no manager got.
  case missed(frame: String)
  /// A kept frame that is too large for the new manager.
  case tooLarge(frame: String, byteCount: UInt32, byteCountMax: Int)
  case historyFull
  case lost(Losses.Report)
  /// The manager has no room for what it was asked to keep.
  case notKept(frame: String)
  case noListener(frame: String)
  case mismatch(Mismatch)
  case listenReplaced(noLonger: [String])
  case badOutcome(reason: String)
  /// A frame of the manager's cannot be decoded.
  case badBusFrame(error: String)
  /// One of this client's own frames to the manager breaks its schema.
  case badOwnFrame(type: String, error: String)
}

/// What happened in a session and was not logged yet; what has one cause is said once per connection.
struct ClientEvents {
  private var events: [ClientEvent] = []
  private var reported = Causes()

  var isEmpty: Bool { events.isEmpty }

  mutating func add(_ event: ClientEvent) { events.append(event) }

  /// Adds an event, unless there was one of this cause since the last `startAnew()`.
  mutating func add(_ event: ClientEvent, once cause: String) {
    if reported.insert(cause) { events.append(event) }
  }

  /// From now on each cause is new again.
  mutating func startAnew() { reported.removeAll() }

  mutating func takeAll() -> [ClientEvent] {
    defer { events = [] }
    return events
  }
}

extension Log {
  /// Writes what happened at the client of this name.
  func write(_ event: ClientEvent, module: String) {
    switch event {
    case .connected(let id, let bus):
      self(.debug, "connected", ["module": module, "id": "\(id)", "bus": bus])
    case .reconnected(let id, let away):
      self(
        .info, "reconnected",
        ["module": module, "id": "\(id)", "away_ms": "\(away.inNanoseconds / 1_000_000)"])
    case .disconnected(let reason):
      self(.warning, "disconnected", ["module": module, "reason": reason])
    case .notSent(let frames, let reason):
      self(.warning, "not_sent", ["module": module, "frames_at_most": "\(frames)", "reason": reason])
    case .goodbyeUnanswered(let frames, let reason):
      self(
        .warning, "goodbye_unanswered",
        [
          "module": module, "reason": reason, "not_sent": "\(frames)",
          "meaning": "the frames that were sent last may not have reached the manager",
        ])
    case .missed(let frame):
      self(
        .warning, "not_sent",
        ["module": module, "frame": frame, "reason": "no manager took them, and more came than are kept"])
    case .tooLarge(let frame, let byteCount, let byteCountMax):
      self(
        .warning, "not_sent_again",
        [
          "module": module, "frame": frame, "meaning": "it has \(byteCount) bytes, this manager takes \(byteCountMax)",
          "next": "raise the manager's --max-payload",
        ])
    case .historyFull:
      self(
        .warning, "history_full",
        [
          "module": module, "bytes_max": "\(History.bytesMax)",
          "meaning": "the oldest kept frames do not reach the next manager; keep fewer or smaller ones",
        ])
    case .lost(let report):
      self(
        .warning, "lost_frames",
        [
          "module": module, "frames": "\(report.count)", "total": "\(report.total)", "last": "\(report.last.type)",
          "from": "module \(report.last.source)", "reason": "\(report.last.reason)",
          "next": "read faster, or send less",
        ])
    case .notKept(let frame):
      self(
        .warning, "not_kept",
        [
          "module": module, "frame": frame,
          "meaning": "the manager's memory is full; who listens later does not get the oldest frames",
          "next": "keep less, or raise the manager's --max-retained",
        ])
    case .noListener(let frame):
      self(
        .warning, "no_listener", ["module": module, "frame": frame, "meaning": "nobody listens for requests of it"])
    case .mismatch(let mismatch):
      self(
        .warning, "mismatch",
        [
          "module": module, "frame": mismatch.name, "other": mismatch.moduleName, "difference": mismatch.difference,
          "next": "build both from the same frames.yaml",
        ])
    case .listenReplaced(let types):
      self(
        .info, "listen_replaced",
        [
          "module": module, "no_longer": types.joined(separator: ","),
          "meaning": "listen(for:) replaces what was listened for before; give it all types at once",
        ])
    case .badOutcome(let reason):
      self(.warning, "bad_outcome", ["module": module, "reason": reason])
    case .badBusFrame(let error):
      self(.warning, "bad_bus_frame", ["module": module, "error": error])
    case .badOwnFrame(let type, let error):
      self(.error, "bad_bus_frame", ["type": type, "error": error])
    }
  }
}
