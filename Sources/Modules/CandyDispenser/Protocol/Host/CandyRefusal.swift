/// Why a command was not accepted; nothing of it was done.
public enum CandyRefusal: Error, Hashable, Sendable {
  /// There is no connection to a dispenser.
  case notConnected(CandyState)
  /// A dispense of no candies.
  case nothingAsked
  /// More candies wait, or would wait, than are kept. `room` is how many still fit.
  case queueFull(room: Int)
  /// A request with this id is not finished.
  case requestPending(UInt32)
  /// A reset is under way.
  case resetPending
  /// `connect` without a `disconnect` before.
  case notDisconnected(CandyState)
}

extension CandyRefusal: CustomStringConvertible {
  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .notConnected(let state): "no dispenser is connected (\(state)); try again when it is"
    case .nothingAsked: "a dispense needs a count of 1 or more"
    case .queueFull(let room): "too many candies are waiting; there is room for \(room) more"
    case .requestPending(let request): "request \(request) is not finished; use another id for another candy"
    case .resetPending: "the dispenser is being reset; wait for the end of it"
    case .notDisconnected(let state): "the dispenser was not disconnected (\(state)); there is nothing to connect"
    }
  }
}
