import BusSchema
import Testing

@Suite("Field lists")
struct FieldListTests {
  @Test("the fingerprint is FNV-1a 64 over the lines")
  func fingerprint() {
    // The offset basis, and the hash of "a\n" as worked out by another program.
    #expect(FieldList.fingerprint("") == 0xCBF2_9CE4_8422_2325)
    #expect(FieldList.fingerprint("a") == 0x089B_DC07_B544_E7B2)
  }

  @Test("what follows a TAB decides nothing")
  func annotations() {
    #expect(
      FieldList.fingerprint("a uint8 - 1\tmin=0\tdoc=x\nb bool - 1")
        == FieldList.fingerprint("a uint8 - 1\nb bool - 1\tdoc=y"))
    #expect(FieldList.fingerprint("a uint8 - 1") != FieldList.fingerprint("a uint8 - 2"))
    #expect(FieldList.fingerprint("a b") != FieldList.fingerprint("a\nb"))
  }
}
