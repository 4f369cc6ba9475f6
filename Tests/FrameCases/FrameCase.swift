import BusWire
import Frames
import GoldenFrames

/// A frame of some schema, for tests that treat all of them alike.
public struct FrameCase: Sendable {
  public let type: FrameType
  /// Decodes a payload and encodes what came out.
  public let recode: @Sendable ([UInt8]) throws(CodecError) -> [UInt8]
  /// Whether two payloads decode to equal values.
  public let areEqual: @Sendable ([UInt8], [UInt8]) throws(CodecError) -> Bool

  public init<Frame: TypedFrame>(_ frame: Frame.Type) {
    type = frame.frameType
    recode = { (bytes) throws(CodecError) in try Frame(payload: bytes).payload() }
    areEqual = { (left, right) throws(CodecError) in try Frame(payload: left) == Frame(payload: right) }
  }

  public static let all = robot + candy + evomin + golden + bus

  public static let robot = [
    FrameCase(ButtonState.self), FrameCase(ActivityLedState.self), FrameCase(Distance.self),
    FrameCase(DisplayRectangle.self), FrameCase(DisplayRectangleViaCursor.self), FrameCase(Display8x8Character.self),
    FrameCase(Display8x8CharacterViaCursor.self), FrameCase(DisplayCircle.self), FrameCase(DisplayCircleViaCursor.self),
    FrameCase(CursorPosition.self), FrameCase(CursorColor.self), FrameCase(UiCommand.self), FrameCase(RobotNames.self),
    FrameCase(SwarmNames.self), FrameCase(BatteryLevel.self), FrameCase(ManualControl.self),
    FrameCase(ManualControlButton.self), FrameCase(ManualControlSlider.self), FrameCase(ManualControlJoystick.self),
    FrameCase(Microphone.self), FrameCase(MovementControl.self), FrameCase(Coordinate.self), FrameCase(PathStep.self),
    FrameCase(CommandLog.self), FrameCase(CommandStatusUpdate.self), FrameCase(CommandId.self),
    FrameCase(Temperature.self), FrameCase(Gas.self), FrameCase(QrcodeData.self), FrameCase(RtttlString.self),
    FrameCase(RequestMapObstacles.self), FrameCase(MapInfo.self), FrameCase(MapObstacle.self),
    FrameCase(EndEffectorType.self), FrameCase(EndEffectorClaw.self), FrameCase(RobotArm.self),
    FrameCase(FlameDetection.self), FrameCase(External.self),
  ]

  public static let candy = [
    FrameCase(CandyDispense.self), FrameCase(CandyReset.self), FrameCase(CandyDisconnect.self),
    FrameCase(CandyConnect.self), FrameCase(CandyRefused.self), FrameCase(CandyDispensed.self),
    FrameCase(CandyFailed.self), FrameCase(CandyTaken.self), FrameCase(CandyNotTaken.self), FrameCase(CandyJam.self),
    FrameCase(CandyResetDone.self), FrameCase(CandyStatus.self), FrameCase(CandySimulate.self),
  ]

  public static let evomin = [
    FrameCase(EvominToDevice.self), FrameCase(EvominFromDevice.self), FrameCase(EvominResult.self),
    FrameCase(EvominStatus.self), FrameCase(EvominSimulate.self),
  ]

  public static let golden = [
    FrameCase(Scalars.self), FrameCase(Trigger.self), FrameCase(Arrays.self), FrameCase(Nested.self),
    FrameCase(Ranges.self), FrameCase(Defaults.self), FrameCase(Keywords.self), FrameCase(GoldenFrames.Init.self),
  ]

  public static let bus = [
    FrameCase(Hello.self), FrameCase(Welcome.self), FrameCase(Goodbye.self), FrameCase(Declare.self),
    FrameCase(Listen.self), FrameCase(ModuleStatus.self), FrameCase(NoListener.self), FrameCase(Ping.self),
    FrameCase(Pong.self), FrameCase(Schema.self), FrameCase(Mismatch.self), FrameCase(Lost.self),
    FrameCase(BusStatus.self),
  ]
}
