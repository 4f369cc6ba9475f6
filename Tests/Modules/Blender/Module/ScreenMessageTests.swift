import BlenderProtocol
import JSONValue
import Testing

@testable import blender

@Suite("What screens say")
struct ScreenMessageTests {
  private func refusal(_ text: String) -> String? {
    do throws(BarRefusal) {
      _ = try ScreenMessage(text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("the messages of the original screen and of the README are understood as they are")
  func original() throws {
    #expect(
      try ScreenMessage(#"{"type":"blend","data":{"cup_size":0.25,"ratios":{"0":0.2,"3":0.8}}}"#)
        == .order(.blend(cup: 0.25, shares: [PumpShare(pump: 0, ratio: 0.2), PumpShare(pump: 3, ratio: 0.8)])))
    #expect(
      try ScreenMessage(#"{"type": "blend", "data": {"cup_size": 0.04, "ratios": {"1": 0.2, "2": 0.1, "5": 0.7}}}"#)
        == .order(
          .blend(
            cup: 0.04,
            shares: [
              PumpShare(pump: 1, ratio: 0.2), PumpShare(pump: 2, ratio: 0.1), PumpShare(pump: 5, ratio: 0.7),
            ])))
    #expect(try ScreenMessage(#"{"type":"refill","data":{"pump":"3"}}"#) == .order(.refill(pump: 3)))
    #expect(try ScreenMessage(#"{"type": "refill", "data": {"pump": 4}}"#) == .order(.refill(pump: 4)))
    #expect(
      try ScreenMessage(#"{"type": "echo", "data": {"msg": "toaster"}}"#)
        == .echo(.object([.init("msg", .text("toaster"))])))
  }

  @Test("so are those of the newer back ends, and of our page")
  func newer() throws {
    #expect(try ScreenMessage(#"{"type":"get_blend_status"}"#) == .getStatus)
    #expect(try ScreenMessage(#"{"type":"get_pumps_states","data":null}"#) == .getPumps)
    #expect(try ScreenMessage(#"{"type":"get_config"}"#) == .getConfiguration)
    #expect(try ScreenMessage(#"{"type":"reload_config"}"#) == .reloadConfiguration)
    #expect(try ScreenMessage(#"{"type":"cancel"}"#) == .cancel)
    #expect(
      try ScreenMessage(#"{"type":"set_pump_state","data":{"pump_index":3,"state":false}}"#)
        == .set(.isEnabled(pump: 3, false)))
    #expect(
      try ScreenMessage(#"{"type":"blend","data":{"cup_size":0.3,"recipe":"Gin Tonic"}}"#)
        == .order(.recipe("Gin Tonic", cup: 0.3)))
    #expect(
      try ScreenMessage(#"{"type":"calibrate","data":{"pump":3,"seconds":10}}"#)
        == .order(.calibrate(pump: 3, time: .seconds(10))))
  }

  @Test("a change reads back from the message that the state keeps of it")
  func changes() throws {
    let changes: [SetupChange] = [
      .isEnabled(pump: 3, false), .refillTime(pump: 0, .milliseconds(2500)), .speedRatio(pump: 7, 1.0 / 3),
      .secondsPerLitre(213), .poured(pump: 1, litres: 0.047, in: .seconds(10)),
    ]
    for change in changes { #expect(try ScreenMessage(change.message) == .set(change)) }
  }

  @Test(
    "everything else is refused with a reason",
    arguments: [
      ("", "the message is not JSON: column 1: a value is missing"),
      ("[]", "a message must be an object with a 'type'"),
      ("{}", "the message has no 'type'"),
      (#"{"type":7}"#, "the message has no 'type'"),
      (#"{"type":"brew"}"#, "the message type 'brew' is unknown"),
      (#"{"type":"echo"}"#, "echo: 'data' is missing"),
      (#"{"type":"blend"}"#, "blend: 'data' is missing"),
      (#"{"type":"blend","data":3}"#, "blend: 'data' must be an object, not 3"),
      (#"{"type":"blend","data":{"ratios":{"0":1}}}"#, "blend: 'cup_size' is missing"),
      (#"{"type":"blend","data":{"cup_size":0.2}}"#, "blend: 'ratios' is missing"),
      (#"{"type":"blend","data":{"cup_size":true,"ratios":{"0":1}}}"#, "blend: 'cup_size' must be a number, not true"),
      (
        #"{"type":"blend","data":{"cup_size":"0.2","ratios":{"0":1}}}"#,
        "blend: 'cup_size' must be a number, not \"0.2\""
      ),
      (
        #"{"type":"blend","data":{"cup_size":1e999,"ratios":{"0":1}}}"#, "blend: 'cup_size' must be a number, not 1e999"
      ),
      (
        #"{"type":"blend","data":{"cup_size":0.2,"ratios":[1]}}"#,
        "blend: 'ratios' must be an object such as {\"0\": 0.2, \"3\": 0.8}, not [1]"
      ),
      (
        #"{"type":"blend","data":{"cup_size":0.2,"ratios":{"abc":1}}}"#,
        "blend: 'ratios' has no pump 'abc'; pumps are \"0\" to \"7\""
      ),
      (
        #"{"type":"blend","data":{"cup_size":0.2,"ratios":{"9":1}}}"#,
        "blend: 'ratios' has no pump '9'; pumps are \"0\" to \"7\""
      ),
      (
        #"{"type":"blend","data":{"cup_size":0.2,"ratios":{"-1":1}}}"#,
        "blend: 'ratios' has no pump '-1'; pumps are \"0\" to \"7\""
      ),
      (
        #"{"type":"blend","data":{"cup_size":0.2,"ratios":{" 1 ":1}}}"#,
        "blend: 'ratios' has no pump ' 1 '; pumps are \"0\" to \"7\""
      ),
      (
        #"{"type":"blend","data":{"cup_size":0.2,"ratios":{"01":1}}}"#,
        "blend: 'ratios' has no pump '01'; pumps are \"0\" to \"7\""
      ),
      (
        #"{"type":"blend","data":{"cup_size":0.2,"ratios":{"0":"1"}}}"#, "blend: 'ratios.0' must be a number, not \"1\""
      ),
      (#"{"type":"refill","data":{}}"#, "refill: 'pump' is missing"),
      (#"{"type":"refill","data":{"pump":9}}"#, "refill: 'pump' must be a pump, 0 to 7, not 9"),
      (#"{"type":"refill","data":{"pump":"9"}}"#, "refill: 'pump' must be a pump, 0 to 7, not \"9\""),
      (#"{"type":"refill","data":{"pump":1.5}}"#, "refill: 'pump' must be a pump, 0 to 7, not 1.5"),
      (
        #"{"type":"set_pump_state","data":{"pump_index":1,"state":1}}"#,
        "set_pump_state: 'state' must be true or false, not 1"
      ),
      (
        #"{"type":"calibrate","data":{"pump":1,"seconds":-3}}"#,
        "calibrate: 'seconds' must be from 0 to 86400 s, not -3.0"
      ),
    ])
  func refused(_ message: String, _ reason: String) {
    #expect(refusal(message) == reason)
  }

  @Test("NaN, a pump given twice, and brackets 10,000 deep are no JSON of ours")
  func noJSON() {
    for text in [
      #"{"type":"blend","data":{"cup_size":NaN,"ratios":{"0":1}}}"#,
      #"{"type":"blend","data":{"cup_size":0.2,"ratios":{"0":1,"0":0.5}}}"#,
      #"{"type":"echo","data":\#(String(repeating: "[", count: 10_000))\#(String(repeating: "]", count: 10_000))}"#,
    ] {
      #expect(refusal(text)?.hasPrefix("the message is not JSON: ") == true, "\(text.prefix(60))")
    }
  }

  @Test("an echo of a megabyte comes back")
  func large() throws {
    let text = #"{"type":"echo","data":"\#(String(repeating: "x", count: 1 << 20))"}"#
    guard case .echo(let data) = try ScreenMessage(text) else { throw BarRefusal("no echo") }
    #expect(ScreenReply.echo(data) == text)
  }

  @Test("a status has what each of the original screens reads, and is over at 0")
  func status() {
    var bar = Bar()
    #expect(
      ScreenReply.status(bar.status(at: .zero))
        == #"{"type":"status","data":{"Action":"Idle","initial_time":0,"remaining_time":0,"pumps":[]}}"#)
    bar.begin(
      .blend, request: 1, [PumpRun(pump: Pump.allCases[2], time: .seconds(4))], expected: .seconds(4), at: .zero)
    bar.enter(Pump.allCases[2], isOn: true, at: .zero)
    #expect(
      ScreenReply.status(bar.status(at: .seconds(1)))
        == #"{"type":"status","data":{"Action":"Blend","initial_time":4,"remaining_time":3,"pumps":[2]}}"#)
  }
}
