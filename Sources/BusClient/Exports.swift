// A module needs the words of the wire (FrameType, Priority, FixedArray …) and the few of the system (FileDescriptor,
// Log) with the SDK.
@_exported import BusNet
@_exported import BusWire
