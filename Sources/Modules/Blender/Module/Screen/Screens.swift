import BusClient
import WebProtocol
import WebServer

/// The screens that are connected: browsers with our page, and those with the AutoBarMaid's own.
final class Screens {
  typealias Client = WebClientID

  /// What a screen did.
  enum Event {
    case connected(Client)
    case message(Client, String)
    case disconnected(Client)
  }

  /// Far more than any message needs, and little enough that reading it holds up nothing.
  private static let messageBytesMax = 128 << 10

  private var server: WebServer
  private let bus: Bus
  private var clients: Set<Client> = []

  /// Opens the address for screens and shows it in the log.
  ///
  /// - Parameter configuration: where, and for whom.
  /// - Throws: `UsageError` if the address cannot be had.
  init(_ configuration: BarConfiguration, bus: Bus) throws {
    let address = configuration.address
    guard case .tcp = address else { throw UsageError("browsers cannot connect to \(address); give HOST:PORT") }
    let policy = WebPolicy(hosts: Set(configuration.hosts), origins: Set(configuration.origins))
    var settings = WebSettings(pages: Self.pages, policy: policy)
    settings.limits.messageBytesMax = Self.messageBytesMax
    do throws(SystemError) {
      server = try WebServer(address, settings)
    } catch {
      let advice = "give another address with --websocket, or none with --no-websocket"
      throw UsageError("\(error.call): \(error.reason); \(advice)")
    }
    let token = server.isLocal ? nil : try Self.token(bus)
    if let token { server.require(token) }
    self.bus = bus
    bus.wake(on: server.descriptor)
    let query = token.map { "?token=\($0)" } ?? ""
    bus.log(.info, "screens", ["page": "http://\(server.address)/\(query)"])
  }

  /// The token that screens elsewhere need: kept, so that they need it once.
  private static func token(_ bus: Bus) throws -> WebToken {
    let file = try StateFile("token", of: bus)
    let text = String(decoding: file.contents(), as: UTF8.self)
    if let token = WebToken(String(text.prefix { !$0.isNewline })) { return token }
    let token = WebToken.random()
    file.replace(with: Array("\(token)\n".utf8))
    return token
  }

  private static let pages = [
    WebPage(path: "/", contentType: "text/html; charset=utf-8", bytes: PackageResources.page_html),
    WebPage(path: "/page.css", contentType: "text/css; charset=utf-8", bytes: PackageResources.page_css),
    WebPage(path: "/page.js", contentType: "text/javascript; charset=utf-8", bytes: PackageResources.page_js),
    WebPage(path: "/icon.svg", contentType: "image/svg+xml", bytes: PackageResources.icon_svg),
  ]

  /// How many are connected.
  var count: Int { clients.count }

  /// When `process` is due; nil if only screens can have news.
  var deadline: Duration? { server.nextDeadline }

  /// What has happened since the last call.
  func process(at now: Duration) -> [Event] {
    server.turn(now: now).compactMap { event in
      switch event {
      case .connected(let client, _):
        clients.insert(client)
        return .connected(client)
      case .message(let client, .text(let text)): return .message(client, text)
      case .message(let client, .binary):
        send(ScreenReply.error("a message must be text"), to: client)
        return nil
      case .disconnected(let client, let end):
        clients.remove(client)
        bus.log(.debug, "screen_gone", ["reason": "\(end)"])
        return .disconnected(client)
      case .request: return nil
      case .acceptFailed(let error):
        bus.log.once(.warning, "no_screen", cause: "\(error)", ["reason": "\(error)"])
        return nil
      }
    }
  }

  /// Shows something on one screen; one that is gone does not get it.
  func send(_ text: String, to client: Client) { _ = server.send(text, to: client) }

  /// Shows something on all screens.
  func broadcast(_ text: String) { server.broadcast(text) }

  /// Sends what waits.
  func flush() { server.flush() }

  /// Takes leave of all screens, for two seconds at most.
  func stop() {
    server.stop("the blender is stopped")
    let end = bus.now + .seconds(2)
    while server.connectionCount > 0, bus.now < end {
      bus.wait(for: [server.descriptor], until: min(end, server.nextDeadline ?? end))
      _ = server.turn(now: bus.now)
    }
  }
}
