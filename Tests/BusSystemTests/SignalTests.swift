import Foundation
import Testing

@testable import BusSystem

@Suite("Signals")
struct SignalTests {
  @Test("are read in the order in which they came, also if whoever started the process had blocked them")
  func reads() async {
    await #expect(processExitsWith: .success) {
      var blocked = sigset_t()
      sigfillset(&blocked)
      pthread_sigmask(SIG_BLOCK, &blocked, nil)
      let reader = try SignalReader([.hangup, .terminate])
      #expect(reader.next() == nil && !reader.descriptor.isReadable)
      for number in [SIGTERM, SIGHUP, SIGTERM] { raise(number) }
      #expect(reader.descriptor.isReadable)
      #expect(reader.next() == .terminate && reader.next() == .hangup && reader.next() == .terminate)
      #expect(reader.next() == nil && !reader.descriptor.isReadable)
    }
  }

  @Test("reach programs that the process starts as they reach any program")
  func children() async {
    await #expect(processExitsWith: .success) {
      let reader = try SignalReader()
      let output = Pipe()
      let child = Foundation.Process()
      child.executableURL = URL(filePath: "/bin/sh")
      child.arguments = ["-c", "cat /proc/self/status"]
      child.standardOutput = output
      try child.run()
      let status = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      child.waitUntilExit()
      for (field, numbers) in [("SigBlk", [SIGINT, SIGQUIT, SIGTERM]), ("SigIgn", [SIGPIPE])] {
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(field) })
        let mask = try #require(UInt64(line.split(separator: "\t").last ?? "", radix: 16))
        for number in numbers { #expect(mask >> UInt64(number - 1) & 1 == 0, "\(field) has \(number)") }
      }
      #expect(reader.next() == nil)
    }
  }
}
