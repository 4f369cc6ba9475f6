import Testing

@testable import framebus

@Suite("DecimalNumber numbers")
struct DecimalTests {
  @Test(
    "are read and written without losing a digit",
    arguments: [
      ("12", "12"), ("-12", "-12"), ("0.01", "0.01"), ("-0.5", "-0.5"), ("+3.10", "3.10"), ("1e3", "1000"),
      ("1e-05", "0.00001"), ("2.5E2", "250"), ("0xFF", "255"), ("5.", "5"), ("0", "0"), ("0e9", "0"),
      ("18446744073709551615", "18446744073709551615"),
    ])
  func text(text: String, expected: String) {
    #expect(DecimalNumber(text)?.text == expected)
  }

  @Test(
    "are nothing else",
    arguments: ["", "-", ".", "e5", "1e", "1e999", "1.2.3", "1,5", "0x", "0xG", " 1", "1.-5", "nan", "1e5e5"])
  func malformed(text: String) {
    #expect(DecimalNumber(text) == nil)
  }

  @Test("count steps to the nearest, halves away from zero")
  func steps() throws {
    let hundredth = try #require(DecimalNumber("0.01"))
    #expect(DecimalNumber("21.5")?.steps(of: hundredth) == 2150)
    #expect(DecimalNumber("21.504")?.steps(of: hundredth) == 2150)
    #expect(DecimalNumber("21.505")?.steps(of: hundredth) == 2151)
    #expect(DecimalNumber("-21.505")?.steps(of: hundredth) == -2151)
    #expect(DecimalNumber("1500")?.steps(of: DecimalNumber(digits: 1000, exponent: 0)) == 2)
    #expect(DecimalNumber("1e30")?.steps(of: hundredth) == Int128("100000000000000000000000000000000"))
    #expect(DecimalNumber("1e60")?.steps(of: hundredth) == nil)
    #expect(hundredth.times(2150)?.text == "21.50")
    #expect(hundredth.times(.max)?.text != nil)
    #expect(DecimalNumber("3")?.times(.max) == nil)
  }

  @Test("are whole only without a fraction")
  func whole() {
    #expect(DecimalNumber("21.0")?.whole == 21)
    #expect(DecimalNumber("21.5")?.whole == nil)
    #expect(DecimalNumber("2e3")?.whole == 2000)
    #expect(DecimalNumber("1e-400")?.whole == nil)
  }
}
