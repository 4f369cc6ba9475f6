import Testing

@testable import framebus

@Suite("Numbers and names in few characters")
struct CompactTests {
  @Test(
    "numbers have three digits or so",
    arguments: [
      (0, "0"), (0.25, "0.25"), (9.876, "9.88"), (12.34, "12.3"), (123.4, "123"), (999, "999"), (999.6, "1.00k"),
      (12_345, "12.3k"), (1_048_576, "1.05M"), (2.5e9, "2.50G"),
    ])
  func numbers(number: Double, text: String) {
    #expect(Compact.text(number) == text)
  }

  @Test("bytes and times have units")
  func units() {
    #expect(Compact.bytes(UInt64(512)) == "512 B" && Compact.bytes(UInt64(1 << 20)) == "1.05 MB")
    #expect(Compact.seconds(0) == "0 s" && Compact.seconds(8.5e-7) == "850 ns" && Compact.seconds(0.1) == "100 ms")
    #expect(Compact.seconds(0.000_05) == "50.0 us" && Compact.seconds(1.5) == "1.50 s")
    #expect(Compact.seconds(300) == "5 min")
  }

  @Test("names are cut, and counted if not all fit")
  func names() {
    #expect(Clipped.text("controller", 10) == "controller" && Clipped.text("controller", 9) == "controll…")
    #expect(Clipped.list(["a", "b"], 10) == "a, b")
    #expect(Clipped.list(["button", "controller", "led"], 20) == "button and 2 more")
    #expect(Clipped.list(["a-rather-long-name", "b"], 16) == "a-ra… and 1 more")
    #expect(Clipped.list(["name", "other"], 8) == "2 modul…")
  }
}
