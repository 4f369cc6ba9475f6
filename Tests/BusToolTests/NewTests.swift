import BusSystem
import BusTesting
import Foundation
import TestSupport
import Testing

@testable import framebus

@Suite("framebus new", .timeLimit(.minutes(1)))
struct NewTests {
  private let parent: TemporaryFolder

  init() throws { parent = try TemporaryFolder() }

  private func new(_ arguments: String...) throws -> ToolRun {
    let run = try ToolRun()
    run.perform(["new"] + arguments)
    return run
  }

  private func files(in path: String) throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      files[name] = try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }
    return files
  }

  @Test("makes the example under another name, with nothing left of the old one")
  func example() throws {
    let path = parent.path("deep/ph-meter")
    let run = try new(path, "--framebus", Fixture.packageDirectory.path)
    #expect(run.code == .ok && run.errors == "" && run.output.contains("cd \(path) && swift run ph-meter\n"))
    let root = try Folder(existing: Fixture.packageDirectory.path).path
    let pairs = [
      (root, "../.."), ("ph-meter", "my-sensor"), ("ph_meter", "my_sensor"), ("PhMeter", "MySensor"),
      ("phMeter", "mySensor"), ("PH_METER", "MY_SENSOR"),
    ]
    var example: [String: String] = [:]
    for (name, text) in try files(in: path) {
      example[pairs.reduce(name) { $0.replacing($1.0, with: $1.1) }] = pairs.reduce(text) {
        $0.replacing($1.0, with: $1.1)
      }
    }
    #expect(try example == files(in: Fixture.packageDirectory.appending(path: "Examples/my-sensor").path))
  }

  @Test("makes a script that answers requests, and finds its manager again")
  func python() throws {
    let path = parent.path("ph-meter")
    #expect(try new(path, "--python").code == .ok)
    #expect(try files(in: path).keys.sorted() == ["README.md", "framebus.py", "ph_meter.py"])
    let first = try TestManager()
    let script = Foundation.Process()
    script.executableURL = URL(filePath: "/usr/bin/env")
    script.arguments = ["python3", "-B", path + "/ph_meter.py", "\(first.address)"]
    try script.run()
    // A child of a test inherits blocked signals; this one cannot be blocked.
    defer { kill(script.processIdentifier, SIGKILL) }
    try expectValues(first)
    first.stop()
    try expectValues(try TestManager(at: first.address))
  }

  private func expectValues(_ manager: TestManager) throws {
    let listen = try ToolRun.start(manager, "listen", "PH_METER_VALUE", "--wait", "--count", "1")
    #expect(try listen.finish() == .ok && listen.output.contains("ph-meter PH_METER_VALUE "), "\(listen.output)")
    let request = try ToolRun.run(manager, "request", "PH_METER_VALUE", "--timeout", "20")
    #expect(request.code == .ok && request.output.contains(" degC\n"))
  }

  @Test("takes an empty folder, and finds Framebus where it lies itself")
  func emptyFolder() throws {
    let path = parent.path("empty")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(try new(path + "/").code == .ok)
    let root = try Folder(existing: Fixture.packageDirectory.path).path
    #expect(try files(in: path)["Package.swift"]?.contains("path: \"\(root)\"") == true)
  }

  @Test("makes a name of two words into the names of Swift, Python and frames")
  func names() throws {
    let name = try PackageName("ph-meter2")
    #expect(name.typeName == "PhMeter2" && name.memberName == "phMeter2")
    #expect(name.frameName == "PH_METER2" && name.moduleName == "ph_meter2")
  }

  @Test(
    "refuses a name that would not build, and writes nothing",
    arguments: [
      ("MySensor", "small letters"), ("my_sensor", "small letters"), ("2nd", "begins with a letter"), ("-x", "option"),
      ("a--b", "small letters"), ("a-", "small letters"), ("ü", "small letters"), ("class", "a word of Swift"),
      ("framebus", "a part of Framebus"), (String(repeating: "x", count: 41), "small letters"),
    ])
  func badNames(name: String, reason: String) throws {
    let path = name == "-x" ? name : parent.path(name)
    let run = try new(path)
    #expect(run.code == .usage && run.errors.contains(reason) && run.output == "")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("refuses a folder that is not empty, and a path without Framebus, and writes nothing")
  func badPlaces() throws {
    let path = parent.path("full")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try "mine".write(toFile: path + "/file", atomically: false, encoding: .utf8)
    let full = try new(path)
    #expect(full.code == .failure && full.errors.contains("is not empty"))
    #expect(try files(in: path) == ["file": "mine"])
    let nowhere = try new(parent.path("sensor"), "--framebus", path)
    #expect(nowhere.code == .failure && nowhere.errors.contains("there are no sources of Framebus at \(path)"))
    #expect(!FileManager.default.fileExists(atPath: parent.path("sensor")))
    #expect(try new(parent.path("full/file/sensor")).errors.contains("Not a directory"))
    #expect(try new().errors.contains("no folder given"))
  }

  @Test("leaves nothing of a package that cannot be written whole")
  func half() throws {
    let folder = Folder(path: parent.path("half"))
    #expect(throws: SystemError.self) {
      try folder.write([("a/one", [1]), ("b", [2]), ("b/two", [3])])
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
