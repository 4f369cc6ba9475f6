import BusSystem
import DeviceIO
import Glibc
import TestSupport
import Testing

@Suite("Lines whose reader is never waited for")
struct LineOutputTests {
  /// Two ends of something; what is written into one is read from the other.
  private final class Ends {
    let writer: FileDescriptor
    private let reader: Int32

    init(reader: Int32, writer: Int32) {
      self.reader = reader
      self.writer = FileDescriptor(rawValue: writer)
      _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    }

    deinit {
      close(reader)
      close(writer.rawValue)
    }

    /// All that waits to be read.
    func read() -> String {
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = Glibc.read(reader, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
      }
    }
  }

  enum Kind: CaseIterable {
    case pipe, terminal, socket
  }

  private func ends(_ kind: Kind) throws -> Ends {
    var pair: [Int32] = [0, 0]
    switch kind {
    case .pipe:
      try #require(Glibc.pipe(&pair) == 0)
    case .terminal:
      let terminal = try PseudoTerminal()
      let slave = open(terminal.path, O_RDWR | O_NOCTTY | O_CLOEXEC)
      try #require(slave >= 0)
      pair = [dup(terminal.descriptor.rawValue), slave]
    case .socket:
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    }
    return Ends(reader: pair[0], writer: pair[1])
  }

  @Test(
    "what does not fit is left out, what fits is whole, and it goes on when somebody reads", arguments: Kind.allCases)
  func stuck(_ kind: Kind) throws {
    let ends = try ends(kind)
    var output = LineOutput(ends.writer)
    var written: [String] = []
    var isLeftOut = false
    for number in 0..<20_000 {
      let line = "line \(number) of a log that is not read by anybody\n"
      if output.write(line) { written.append(line) } else { isLeftOut = true }
    }
    #expect(isLeftOut)
    // The end of the last one may wait.
    var text = ends.read()
    while !output.write("end\n") { text += ends.read() }
    text += ends.read()
    #expect(text == written.joined() + "end\n")
  }

  @Test("a file is written to where it is")
  func file() throws {
    let folder = try TemporaryFolder()
    try folder.write("before\n", to: "log")
    let raw = open(folder.path("log"), O_WRONLY | O_CLOEXEC)
    lseek(raw, 0, SEEK_END)
    var output = LineOutput(FileDescriptor(rawValue: raw))
    let isWritten = output.write("after\n")
    close(raw)
    #expect(try isWritten && folder.text(of: "log") == "before\nafter\n")
  }
}
