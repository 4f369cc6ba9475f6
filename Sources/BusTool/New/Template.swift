import BusSystem

/// The files of a new package: one of Framebus's examples, which are built and tested with everything else, under
/// another name.
struct Template {
  /// From the root of Framebus's sources.
  private let folder: String
  private let files: [String]
  /// What is taken over from elsewhere as it is: path and name in the package.
  private let copies: [(from: String, to: String)]

  static let swift = Template(
    folder: "Examples/my-sensor",
    files: [
      "Package.swift", "README.md", ".gitignore", "Sources/MySensorFrames/frames.yaml",
      "Sources/MySensorFrames/Frames.swift", "Sources/my-sensor/MySensorModule.swift",
      "Tests/MySensorTests/MySensorTests.swift",
    ], copies: [])

  static let python = Template(
    folder: "Examples/my-sensor-python", files: ["my_sensor.py", "README.md"],
    copies: [(from: "Examples/python/framebus.py", to: "framebus.py")])

  /// The files of a package of this name.
  ///
  /// - Parameter framebus: where Framebus's sources are.
  /// - Throws: `SystemError` if one of them cannot be read.
  func files(for name: PackageName, _ framebus: Folder) throws(SystemError) -> [(path: String, bytes: [UInt8])] {
    var made: [(path: String, bytes: [UInt8])] = []
    for file in files {
      let text = String(decoding: try Self.read("\(folder)/\(file)", framebus), as: UTF8.self)
      let renamed = Self.rename(text, name).replacing("../..", with: Self.escaped(framebus.path))
      made.append((Self.rename(file, name), Array(renamed.utf8)))
    }
    for copy in copies { made.append((copy.to, try Self.read(copy.from, framebus))) }
    return made
  }

  private static func read(_ path: String, _ framebus: Folder) throws(SystemError) -> [UInt8] {
    try FileDescriptor.contents(of: "\(framebus.path)/\(path)", bytesMax: 1 << 20)
  }

  private static func rename(_ text: String, _ name: PackageName) -> String {
    text.replacing("my-sensor", with: name.text).replacing("my_sensor", with: name.moduleName)
      .replacing("MySensor", with: name.typeName).replacing("mySensor", with: name.memberName)
      .replacing("MY_SENSOR", with: name.frameName)
  }

  /// A path within a literal of Swift.
  private static func escaped(_ path: String) -> String {
    path.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }.joined()
  }
}
