// A test needs the words of the SDK and of the manager's settings with the kit.
@_exported import BusClient
@_exported import BusManagerHost
