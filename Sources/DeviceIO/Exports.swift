// What a port is waited for by, and why it cannot be had.
@_exported import struct BusSystem.FileDescriptor
@_exported import struct BusSystem.SystemError
