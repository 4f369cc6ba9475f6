import BusManagerHost
import BusSystem
import ProgramKit

/// Why the manager cannot start, with what to do about it.
struct StartError: Error, CustomStringConvertible {
  let description: String

  /// Opens the sockets that the options ask for.
  ///
  /// Those that systemd passes come first. They take the place of the defaults, and one that was asked for and passed is
  /// not opened again.
  ///
  /// - Throws: `StartError` if one that was asked for cannot be had. The default Unix socket is left out with a warning.
  static func listen(_ options: DaemonOptions, _ log: Log) throws(StartError) -> OwnedArray<Listener> {
    var listeners = try passedListeners()
    var passed: [BusAddress] = []
    for index in 0..<listeners.count {
      try checkReach(listeners[index], listeners[index].address, options, log)
      passed.append(listeners[index].address)
    }
    if !passed.isEmpty, options.defaultSocketPath != nil { return listeners }
    for address in options.addresses where !passed.contains(address) {
      listeners.append(try listen(address, options, log))
    }
    if let path = options.defaultSocketPath, let listener = try listenBeside(path, options, log) {
      listeners.append(listener)
    }
    return listeners
  }

  private static func passedListeners() throws(StartError) -> OwnedArray<Listener> {
    do throws(SystemError) {
      return try ServiceManager.passedListeners()
    } catch {
      throw StartError(description: "\(error)")
    }
  }

  private static func listenBeside(
    _ path: String, _ options: DaemonOptions, _ log: Log
  ) throws(StartError) -> Listener? {
    if path == BusAddress.systemSocket { BusAddress.makeSystemFolder() }
    do throws(SystemError) {
      return try Listener(.unix(path: path), access: options.access)
    } catch  where error.code == SystemError.addressInUse {
      throw StartError(error, at: .unix(path: path))
    } catch {
      log(.warning, "no_unix_socket", ["path": path, "error": error.reason, "effect": "modules use TCP"])
      return nil
    }
  }

  private static func listen(_ address: BusAddress, _ options: DaemonOptions, _ log: Log) throws(StartError) -> Listener
  {
    let listener: Listener
    do throws(SystemError) {
      listener = try Listener(address, access: options.access)
    } catch {
      throw StartError(error, at: address)
    }
    try checkReach(listener, address, options, log)
    return listener
  }

  /// An address that others can reach must be wanted.
  private static func checkReach(
    _ listener: borrowing Listener, _ address: BusAddress, _ options: DaemonOptions, _ log: Log
  ) throws(StartError) {
    guard !listener.isLocal else { return }
    guard options.allowsRemote else {
      throw StartError(
        description: "\(address) can be reached from the network, where everyone could read and send frames; "
          + "add --allow-remote if that is what you want, or listen on 127.0.0.1")
    }
    let bound = listener.address
    log(
      .warning, "open_to_network",
      ["address": "\(bound)", "meaning": "everyone who reaches this address can read and send every frame"])
  }

  init(description: String) {
    self.description = description
  }

  init(_ error: SystemError, at address: BusAddress) {
    let advice =
      switch (error.code, address) {
      case (SystemError.addressInUse, .tcp):
        "another program, perhaps another manager, listens there; end it or choose another address with --listen"
      case (SystemError.addressInUse, .unix):
        "another manager listens there; end it or choose another path with --listen"
      case (SystemError.fileExists, .unix):
        "something that is no socket is there; remove it or choose another path with --listen"
      case (SystemError.permissionDenied, .tcp), (SystemError.notPermitted, .tcp):
        "ports below 1024 need root; choose another port with --listen"
      case (SystemError.permissionDenied, .unix), (SystemError.notPermitted, .unix):
        "this user may not write to that folder; choose another path with --listen"
      case (SystemError.noSuchFile, .unix):
        "the folder does not exist; make it or choose another path with --listen"
      default: "check the address given with --listen"
      }
    description = "cannot listen on \(address): \(error.reason): \(advice)"
  }
}
