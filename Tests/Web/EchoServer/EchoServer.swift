import BusSystem
import WebProtocol
import WebServer

/// Sends every message back to who sent it, for `scripts/test-websocket`: `EchoServer [MESSAGE_BYTES_MAX]`.
///
/// It prints its address, and what it had to refuse when it ends.
@main enum EchoServer {
  static func main() throws {
    let signals = try SignalReader()
    var settings = WebSettings(pages: [
      WebPage(path: "/", contentType: "text/plain", bytes: Array("echo\n".utf8))
    ])
    if CommandLine.arguments.count > 1, let bytes = Int(CommandLine.arguments[1]) {
      settings.limits.messageBytesMax = bytes
    }
    var server = try WebServer(.tcp(host: "127.0.0.1", port: 0), settings)
    _ = FileDescriptor.standardOutput.write("\(server.address)\n")
    while signals.next() == nil {
      var wait = DescriptorWait()
      wait.add(signals.descriptor)
      wait.add(server.descriptor)
      wait.wait(until: server.nextDeadline.map { Clock.nanoseconds($0) })
      for event in server.turn(now: .nanoseconds(Clock.monotonic)) {
        if case .message(let client, let message) = event { server.send(message, to: client) }
      }
      server.flush()
    }
    _ = FileDescriptor.standardOutput.write("refused=\(server.counters.refused) slow=\(server.counters.slow)\n")
  }
}
