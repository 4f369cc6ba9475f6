// A module names these with the SDK: the words of the wire (FrameType, Priority, FixedArray …), the ports of its device,
// its options, and where its manager is.
@_exported import BusWire
@_exported import DeviceIO
@_exported import ProgramKit

@_exported import enum BusSystem.BusAddress
