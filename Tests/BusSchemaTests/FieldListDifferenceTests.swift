import BusSchema
import Testing

@Suite("Differences of field lists")
struct FieldListDifferenceTests {
  @Test(
    "are put into words that name the field",
    arguments: [
      ("a int16 - 1", "a int32 - 1", "a is int16 here and int32 in thermo"),
      ("a int16 degC 1", "a int16 K 1", "a is in degC here and in K in thermo"),
      ("a int16 - 0.01", "a int16 - 0.1", "a has the scale 0.01 here and 0.1 in thermo"),
      ("a int16 - 1", "b int16 - 1", "field 1 is a here and b in thermo"),
      ("a int16 - 1\nb bool - 1", "b bool - 1\na int16 - 1", "field 1 is a here and b in thermo"),
      ("a int16 - 1", "a int16 - 1\nb bool - 1", "b is missing here and has no default in thermo"),
      ("a int16 - 1\nb bool - 1", "a int16 - 1", "b is missing in thermo and has no default here"),
      ("a int16 - 1 = 5", "a int16 - 1 = 6", "a has the default 5 here and the default 6 in thermo"),
      ("a int16 - 1", "a int16 - 1 = 6", "a has no default here and the default 6 in thermo"),
      ("a int16 - 1", "a int16 - 1 ", "the lines of a differ in their spaces here and in thermo"),
      (
        "s {x uint8 - 1; y uint8 - 1}[<=8] - 1", "s {x uint8 - 1; y int8 - 1}[<=8] - 1",
        "s is {x uint8 - 1; y uint8 - 1}[<=8] here and {x uint8 - 1; y int8 - 1}[<=8] in thermo"
      ),
    ])
  func words(_ here: String, _ there: String, _ words: String) {
    #expect(FieldList.difference(here, there, thereName: "thermo") == words)
  }

  @Test(
    "are none where the lists are compatible",
    arguments: [
      ("", ""), ("a int16 - 1\tmin=0", "a int16 - 1\tdoc=x"), ("a int16 - 1", "a int16 - 1\nb bool - 1 = true"),
      ("a int16 - 1\nb bool - 1 = true\nc string - 1 = \"x = y\"", "a int16 - 1"), ("", "a bool - 1 = false"),
    ])
  func none(_ here: String, _ there: String) {
    #expect(FieldList.difference(here, there, thereName: "thermo") == nil)
    #expect(FieldList.difference(there, here, thereName: "thermo") == nil)
  }

  @Test("are shown where they are in a long type")
  func deep() {
    let (open, close) = (String(repeating: "{a ", count: 100), String(repeating: " - 1}", count: 100))
    let words = FieldList.difference("s \(open)int8\(close) - 1", "s \(open)int9\(close) - 1", thereName: "thermo")
    #expect(words?.contains("int8") == true && words?.contains("int9") == true)
    #expect((words?.utf8.count ?? 0) < 1024)
  }

  @Test("are seen behind any length, and stay short")
  func long() {
    let prefix = String(repeating: "x", count: 5000)
    let words = FieldList.difference("\(prefix)a int16 - 1", "\(prefix)b int16 - 1", thereName: "thermo")
    #expect(words != nil)
    #expect((words?.utf8.count ?? 0) < 1024)
  }
}
