import Testing

@testable import FrameGenCore

@Suite("Kept frames and jobs")
struct JobTests {
  @Test("keep none, one or up to 1024 last values")
  func retain() throws {
    let schema = """
      frames:
        A: { id: 1 }
        B: { id: 2, retain: false }
        C: { id: 3, retain: true }
        D: { id: 4, retain: 1024 }
      """
    #expect(try model(of: schema).frames.map(\.retain) == [0, 0, 1, 1024])
    let wrong = (["0", "1025", "-1", "1.5", "\"2\"", "[]"] as [String]).enumerated().map {
      "  A\($0): { id: \($0 + 1), retain: \($1) }\n"
    }.joined()
    let problem = "error: 'retain' must be true, false or a number from 1 to 1024"
    #expect(
      problems(in: "frames:\n" + wrong) == [
        "frames.yaml:2:24: \(problem), not '0'", "frames.yaml:3:24: \(problem), not '1025'",
        "frames.yaml:4:24: \(problem), not '-1'", "frames.yaml:5:24: \(problem), not '1.5'",
        "frames.yaml:6:24: \(problem), not the text \"2\"", "frames.yaml:7:24: \(problem), but it is a list",
      ])
  }

  private let outcome =
    "  DONE: { id: 9, retain: 64, fields: { request: uint32, outcome: JOB_OUTCOME, text: string } }\n"

  @Test("name frames that are there, each once, and an outcome")
  func names() {
    let schema = """
      frames:
        A: { id: 1, job: {}, fields: { request: uint32 } }
        B: { id: 2, job: { outcome: DON, accepted: [DONE], proggress: A }, fields: { request: uint32 } }
        C: { id: 3, job: { outcome: DONE, progress: [DONE, C, E], cancel: E }, fields: { request: uint32 } }
        D: { id: 4, job: DONE, fields: { request: uint32 } }
        E: { id: 5, fields: { request: uint32 } }

      """
    #expect(
      problems(in: schema + outcome) == [
        "frames.yaml:2:20: error: the job A has no 'outcome'; name the frame that ends it",
        "frames.yaml:3:31: error: there is no frame 'DON'; did you mean 'DONE'? declare it under 'frames:'",
        "frames.yaml:3:46: error: 'accepted' must be a text, but it is a list",
        "frames.yaml:3:54: error: unknown key 'proggress' in the job B; did you mean 'progress'? known keys: accepted,"
          + " progress, outcome, cancel",
        "frames.yaml:4:48: error: DONE is a frame of this job already, in line 4; each has one part in it",
        "frames.yaml:4:54: error: C is a frame of this job already, in line 4; each has one part in it",
        "frames.yaml:4:57: error: E is a frame of this job already, in line 4; each has one part in it",
        "frames.yaml:5:20: error: the job D must be a mapping with lines of 'name: value', but it is a single value",
      ])
  }

  @Test("are matched by 'request', and end with an outcome that is kept")
  func fields() {
    let schema = """
      frames:
        A:
          id: 1
          job:
            outcome: B
            accepted: C
            progress: D
            cancel: E
          fields: { count: uint8, request: uint32 }
        B: { id: 2, fields: { request: uint32, outcome: JOB_OUTCOME, text: "string[<=9]" } }
        C: { id: 3, fields: { request: uint32, count: uint8 } }
        D: { id: 4, fields: { request: uint16 } }
        E: { id: 5 }
        F: { id: 6, job: { outcome: G }, fields: { request: { type: uint32, doc: Chosen. } } }
        G: { id: 7, retain: 2, fields: { request: uint32, outcome: JOB_OUTCOME, text: string, count: uint8 } }
      """
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:3: error: A is a job, so its first field must be 'request: uint32'",
        "frames.yaml:5:16: error: B is 'outcome' of a job, so its fields must begin with 'request: uint32',"
          + " 'outcome: JOB_OUTCOME' and 'text: string'",
        "frames.yaml:5:16: error: B is 'outcome' of a job, which an asker who was away must learn too; give it"
          + " 'retain: 64'",
        "frames.yaml:6:17: error: C is 'accepted' of a job, so its field 'count' needs a default",
        "frames.yaml:7:17: error: D is 'progress' of a job, so its first field must be 'request: uint32'",
        "frames.yaml:8:15: error: E is 'cancel' of a job, so its first field must be 'request: uint32'",
        "frames.yaml:14:31: error: G is 'outcome' of a job, so its field 'count' needs a default",
      ])
  }

  @Test("have at most 32 frames of progress")
  func progress() {
    let names = (1...33).map { "P\($0)" }
    let frames = names.enumerated().map { "  \($1): { id: \($0 + 10), fields: { request: uint32 } }\n" }.joined()
    let schema =
      "frames:\n  A: { id: 1, job: { outcome: DONE, progress: [\(names.joined(separator: ", "))] }, fields: { request:"
      + " uint32 } }\n" + outcome + frames
    #expect(
      problems(in: schema) == ["frames.yaml:2:199: error: a job has at most 32 frames of progress; merge some"])
  }

  @Test("may be spread over files, and have an enum for outcomes that no schema may declare")
  func files() {
    let command = "  A: { id: 4096, job: { outcome: DONE }, fields: { request: uint32 } }\n"
    let done = ["b.yaml": "frames:\n" + outcome.replacing("id: 9", with: "id: 4097")]
    #expect(problems(in: "include: b.yaml\nframes:\n" + command, including: done) == [])
    #expect(
      problems(in: "include: b.yaml\nframes:\n" + command, including: [:]) == [
        "frames.yaml:1:10: error: b.yaml cannot be opened: No such file or directory; correct the path or remove it from"
          + " 'include'"
      ])
    #expect(
      problems(in: "enums:\n  JOB_OUTCOME: { values: { DONE: 0 } }\n  OUTCOME: { values: { DONE: 0 } }\n") == [
        "frames.yaml:2:3: error: 'JOB_OUTCOME' is declared by the bus itself; choose another name",
        "frames.yaml:3:3: error: 'OUTCOME' becomes the Swift type Outcome, which the SDK uses; choose another name",
      ])
  }
}
