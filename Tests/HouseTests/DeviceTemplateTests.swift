import Foundation
import TestSupport
import Testing

/// `make device` in a copy of what it needs; `make test-device` builds what it makes.
@Suite("The template of a device")
struct DeviceTemplateTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for path in ["scripts/device", "Templates", "Package.swift", "frames.yaml"] {
      let to = URL(filePath: folder.path(path))
      try FileManager.default.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: Fixture.packageDirectory.appending(path: path), to: to)
    }
    for path in ["Sources/Modules/CandyDispenser", "Tests/Modules", "docs"] {
      try FileManager.default.createDirectory(atPath: folder.path(path), withIntermediateDirectories: true)
    }
    try "ids: 128-143\n".write(
      toFile: folder.path("Sources/Modules/CandyDispenser/frames.yaml"), atomically: true, encoding: .utf8)
  }

  private func run(_ name: String) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: folder.path("scripts/device"))
    process.arguments = [name]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private func files() throws -> Set<String> {
    Set(try FileManager.default.subpathsOfDirectory(atPath: folder.path("")))
  }

  @Test(
    "refuses a name that cannot be, with the reason, and writes nothing",
    arguments: [
      ("", "give the device a name"), ("Thermo", "write 'thermo'"), ("protocol", "a keyword of Swift"),
      ("rain_gauge", "joined by hyphens"), ("-x", "joined by hyphens"), ("9x", "joined by hyphens"),
      ("candy-dispenser", "there is Sources/Modules/CandyDispenser already"), ("bus", "something else"),
      (String(repeating: "x", count: 41), "longer than 40"),
    ])
  func refuses(name: String, reason: String) throws {
    let before = try files()
    let result = try run(name)
    #expect(result.code == 2)
    #expect(result.text.contains(reason) && result.text.hasSuffix("nothing was written\n"), "\(result.text)")
    #expect(try files() == before)
  }

  @Test("makes the folders, takes free ids, changes one line, and leaves no placeholder")
  func makes() throws {
    let before = try String(contentsOfFile: folder.path("Package.swift"), encoding: .utf8)
    #expect(try run("rain-gauge").code == 0)
    let new = try files().filter { $0.contains("Rain") || $0.contains("RAIN") }
    #expect(new.contains("docs/RAIN.md") && new.contains("Sources/Modules/RainGauge/Protocol/RainGaugeHost.swift"))
    let after = try String(contentsOfFile: folder.path("Package.swift"), encoding: .utf8)
    let line = "  Device(name: \"RainGauge\"),\n"
    #expect(after.replacing(line, with: "") == before && after != before)
    for file in new {
      guard let text = try? String(contentsOfFile: folder.path(file), encoding: .utf8) else { continue }
      #expect(!text.contains(/__[A-Za-z0-9]+__/), "\(file)")
    }
    let frames = try String(contentsOfFile: folder.path("Sources/Modules/RainGauge/frames.yaml"), encoding: .utf8)
    #expect(frames.contains("ids: 144-159") && frames.contains("id: 146"))
    #expect(try run("rain-gauge").code == 2)
  }
}
