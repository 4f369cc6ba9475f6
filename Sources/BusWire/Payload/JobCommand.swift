/// A frame of a job: the command, its acceptance, its progress, its outcome, or the wish to cancel it.
///
/// Its first field is `request`, so that frames of different jobs can be distinguished without their schema.
public protocol JobFrame: TypedFrame {
  /// The id that the asker chose for the job.
  var request: UInt32 { get set }
}

/// A command that is a job: it is accepted or refused, and has exactly one outcome. `job:` in the schema makes it one.
public protocol JobCommand: JobFrame {
  /// The frame that ends the job.
  associatedtype Outcome: JobOutcomeFrame

  /// The ids of the frames that belong to the job.
  static var job: JobFrames { get }
  /// The frame that says that the command was accepted; nil if there is none. All of its fields but `request` have
  /// defaults.
  static var acceptedType: FrameType? { get }
  /// The frame that ends the job early; nil if it cannot be ended. All of its fields but `request` have defaults.
  static var cancelType: FrameType? { get }
}

/// The frame that ends a job. Its first fields are `request`, `outcome` and `text`; all others have defaults. It is kept
/// (`retain`), so that an asker who was away learns it.
public protocol JobOutcomeFrame: JobFrame {
  /// How the job ended.
  var outcome: JobOutcome { get set }
  /// What happened and what to do, for a person.
  var text: String { get set }

  /// An outcome that says no more than this; all other fields have their defaults.
  init(request: UInt32, outcome: JobOutcome, text: String)
}

/// How a job ended: `JOB_OUTCOME` of every schema.
///
/// Other values than the named ones are kept.
public struct JobOutcome: PayloadEnum, Hashable, CustomStringConvertible {
  /// All of it was done.
  @inlinable
  public static var done: JobOutcome { JobOutcome(rawValue: 0) }
  /// It was accepted but not done, or only in part, or nobody can know.
  @inlinable
  public static var failed: JobOutcome { JobOutcome(rawValue: 1) }
  /// It was not accepted; nothing of it was done.
  @inlinable
  public static var refused: JobOutcome { JobOutcome(rawValue: 2) }
  /// It was ended early on request.
  @inlinable
  public static var cancelled: JobOutcome { JobOutcome(rawValue: 3) }

  /// The named values in order.
  public static var allKnown: [JobOutcome] { [.done, .failed, .refused, .cancelled] }

  /// The number that travels.
  public var rawValue: UInt8

  /// Any value; those without a name come from a newer schema.
  @inlinable
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The schema's name of the value; nil for values that have none.
  public var name: String? {
    switch rawValue {
    case 0: "DONE"
    case 1: "FAILED"
    case 2: "REFUSED"
    case 3: "CANCELLED"
    default: nil
    }
  }
}
