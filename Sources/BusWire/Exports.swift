// All of its declarations are for this package alone: whoever imports BusWire elsewhere sees no name of it.
@_exported public import BusSchema
