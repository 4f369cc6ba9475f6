import BusWire

/// What LOST tells apart.
struct LossKey: Hashable, CustomStringConvertible {
  var type: UInt16
  var instance: UInt8
  var source: UInt32

  init(_ header: FrameHeader) {
    type = header.type
    instance = header.instance
    source = header.source
  }

  init(_ lost: Lost) {
    type = lost.type
    instance = lost.instance
    source = lost.source
  }

  var description: String { "type \(type) instance \(instance) of \(source)" }
}
