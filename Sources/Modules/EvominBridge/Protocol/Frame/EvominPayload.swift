/// What a frame or the reply to one carries: at most 50 bytes in a frame, 51 in a reply of the C library.
public typealias EvominPayload = EvominBuffer<51>

/// Bytes for the line: at most a long preamble, and a frame with all its stuff bytes.
public typealias EvominWire = EvominBuffer<152>
