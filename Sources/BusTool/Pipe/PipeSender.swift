import BusClient
import BusSystem
import JSONValue

/// Sends what the lines of a script say.
struct PipeSender {
  private let session: BusSession
  private let console: Console
  /// What the names mean that the script uses, without regard to case.
  private var declarations: [String: Declaration] = [:]
  /// The schemas that this module has declared itself, by frame id.
  private var declared: [UInt16: Declaration] = [:]

  init(_ session: BusSession, _ console: Console) {
    self.session = session
    self.console = console
  }

  /// Declares what the script listens for, if anyone knows its schema.
  mutating func declareListening(_ type: FrameType) {
    guard let declaration = session.view.declaration(of: type.id, from: 0) else { return }
    declare(declaration, listens: true)
  }

  /// Sends a line.
  ///
  /// - Returns: false if the bus takes nothing now; the line is to be tried again.
  /// - Throws: `ToolError` that says what is wrong with the line, or that there is no connection.
  mutating func send(_ line: String) throws(ToolError) -> Bool {
    let message = try message(line)
    let declaration = try declaration(of: message.frame)
    let payload = message.isRequest ? [] : try payload(of: message, declaration)
    declare(declaration, sends: !message.isRequest)
    let flags =
      message.isRequest
      ? .request.with(message.priority ?? .normal) : declaration.flags(message.priority, retain: message.retain)
    do throws(BusError) {
      try session.bus.send(
        payload: payload, of: FrameType(id: declaration.type), flags: flags, instance: message.instance)
      return true
    } catch  where error.code == .backpressure {
      return false
    } catch {
      throw ToolError(error)
    }
  }

  private func message(_ line: String) throws(ToolError) -> PipeMessage {
    let json: JSON
    do throws(JSONParser.ParseError) {
      json = try JSONParser.parse(line)
    } catch {
      throw ToolError("\(error)")
    }
    do throws(ValueError) {
      return try PipeMessage(json)
    } catch {
      throw ToolError("\(error)")
    }
  }

  private func payload(of message: PipeMessage, _ declaration: Declaration) throws(ToolError) -> [UInt8] {
    let fields = try declaration.parsed()
    var assignments: [Assignment] = []
    for member in message.fields {
      do throws(ValueError) {
        assignments.append(try Assignment(member, fields))
      } catch {
        throw ToolError("\(declaration.name): \(error)")
      }
    }
    return try Assignment.payload(assignments, fields, of: declaration.name)
  }

  /// What was declared once stays; a module that came only now may have declared a new frame.
  private mutating func declaration(of frame: String) throws(ToolError) -> Declaration {
    if let known = declarations[frame.lowercased()] { return known }
    if (try? session.view.declarations(named: frame)) == nil { try session.refresh() }
    let found = try session.view.declarationToSend(frame)
    session.view.reportChoice(of: found, console)
    let declaration = declared[found.type] ?? found
    declarations[frame.lowercased()] = declaration
    return declaration
  }

  private mutating func declare(_ declaration: Declaration, sends: Bool = false, listens: Bool = false) {
    declared[declaration.type] = declaration
    session.bus.declare(
      id: declaration.type, name: declaration.name, fields: declaration.list, properties: declaration.properties,
      sends: sends, listens: listens)
  }
}
