import BusWire
import Frames
import GoldenFrames

/// A frame of some schema, for tests that treat all of them alike.
public struct FrameCase: Sendable {
  /// The kind of frame.
  public let type: FrameType
  /// Decodes a payload and encodes what came out.
  public let recode: @Sendable ([UInt8]) throws(CodecError) -> [UInt8]
  /// Whether two payloads decode to equal values.
  public let areEqual: @Sendable ([UInt8], [UInt8]) throws(CodecError) -> Bool

  /// The case of a generated frame.
  public init<Frame: TypedFrame>(_ frame: Frame.Type) {
    type = frame.frameType
    recode = { (bytes) throws(CodecError) in try Frame(payload: bytes).payload() }
    areEqual = { (left, right) throws(CodecError) in try Frame(payload: left) == Frame(payload: right) }
  }

  /// Every frame of every schema.
  public static let all = (FrameType.allInFrames + FrameType.allInGoldenFrames + FrameType.allInBusWire).map(make)

  private static func make(_ frame: any TypedFrame.Type) -> FrameCase { FrameCase(frame) }
}
