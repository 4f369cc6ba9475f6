// swift-tools-version: 6.2
import PackageDescription

/// Span-like types that a function returns or stores need this; it stays inside the rooms that handle raw bytes.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

/// A device on the bus: all of it is in `Sources/Modules/NAME` and `Tests/Modules/NAME`, and this is what the folders
/// there become. docs/ARCHITECTURE.md says what belongs where; `make device NAME=…` makes such folders.
struct Device {
  /// The name of the folders, such as `CandyDispenser`.
  let name: String
  /// What the module needs beside the SDK and its own protocol and simulator.
  var uses: [Target.Dependency] = []
  /// Files that become a part of the program, in its `Module`.
  var resources: [Resource] = []
  /// Files for its tests are in `Tests/Modules/NAME/Fixtures`.
  var hasFixtures = false

  /// The name of the program, such as `candy-dispenser`.
  var program: String {
    name.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined().drop { $0 == "-" }.description
  }

  var products: [Product] {
    [
      .library(name: "\(name)Protocol", targets: ["\(name)Protocol"]),
      .executable(name: program, targets: [program]),
      // The same program; called by this name, it is the simulated device alone.
      .executable(name: "\(program.prefix { $0 != "-" })-simulator", targets: [program]),
    ]
  }

  var targets: [Target] {
    let sources = "Sources/Modules/\(name)"
    let tests = "Tests/Modules/\(name)"
    let protocolRoom = Target.Dependency.target(name: "\(name)Protocol")
    let simulatorRoom = Target.Dependency.target(name: "\(name)Simulator")
    let fuzz = Target.Dependency.target(name: "\(name)Fuzz")
    return [
      .target(name: "\(name)Protocol", path: "\(sources)/Protocol"),
      .target(name: "\(name)Simulator", dependencies: [protocolRoom], path: "\(sources)/Simulator"),
      .executableTarget(
        name: program,
        dependencies: ["BusClient", "BusWire", "Frames", protocolRoom, simulatorRoom] + uses,
        path: "\(sources)/Module", resources: resources),
      .executableTarget(
        name: "\(name)Fuzz", dependencies: ["FuzzKit", protocolRoom], path: "\(tests)/Fuzz/Entries"),
      .testTarget(
        name: "\(name)Tests",
        dependencies: [
          "BusClient", "BusSystem", "BusTesting", "BusWire", "FrameCases", "Frames", "FuzzKit", "ProgramSupport",
          "TestSupport", .target(name: program), protocolRoom, simulatorRoom, fuzz,
        ] + uses, path: tests, exclude: ["Fuzz"] + (hasFixtures ? ["Fixtures"] : [])),
    ]
  }
}

let devices = [
  Device(name: "CandyDispenser"),
  Device(name: "EvominBridge", uses: ["YAMLText"], hasFixtures: true),
  Device(
    name: "Blender", uses: ["JSONValue", "WebProtocol", "WebServer", "YAMLText"], resources: [.embedInCode("Page")]),
  Device(name: "PymodaqBridge", uses: ["XMLText", "YAMLText"], hasFixtures: true),
]

let package = Package(
  name: "framebus",
  products: [
    .library(name: "BusWire", targets: ["BusWire"]),
    .library(name: "BusClient", targets: ["BusClient"]),
    .library(name: "BusTesting", targets: ["BusTesting"]),
    .library(name: "Frames", targets: ["Frames"]),
    .plugin(name: "FrameGenPlugin", targets: ["FrameGenPlugin"]),
    .executable(name: "frame-gen", targets: ["frame-gen"]),
    .executable(name: "bus-manager", targets: ["bus-manager"]),
    .executable(name: "framebus", targets: ["framebus"]),
    .executable(name: "button-module", targets: ["button-module"]),
    .executable(name: "controller-module", targets: ["controller-module"]),
    .executable(name: "led-module", targets: ["led-module"]),
    .executable(name: "selection-task", targets: ["selection-task"]),
  ] + devices.flatMap(\.products),
  targets: [
    // The generator.
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "BusSchema"),
    .target(name: "JSONValue", dependencies: ["BusSchema"]),
    .target(name: "YAMLText", dependencies: ["BusSchema", "CYaml"]),
    // Its module map names the archive: a bridge runs where no expat is installed.
    .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
    .target(name: "XMLText", dependencies: ["CExpat"]),
    .target(name: "FrameGenCore", dependencies: ["BusSchema", "YAMLText"], path: "Sources/FrameGen/Core"),
    .executableTarget(name: "frame-gen", dependencies: ["FrameGenCore"], path: "Sources/FrameGen/Tool"),
    .plugin(name: "FrameGenPlugin", capability: .buildTool(), dependencies: ["frame-gen"]),

    // The wire and the system.
    .target(name: "BusWire", dependencies: ["BusSchema"], swiftSettings: lifetimes, plugins: ["FrameGenPlugin"]),
    .target(name: "CSys"),
    .target(name: "BusSystem", dependencies: ["CSys"]),
    .target(name: "WebProtocol", path: "Sources/Web/Protocol"),
    .target(name: "WebServer", dependencies: ["BusSystem", "WebProtocol"], path: "Sources/Web/Server"),
    .target(name: "DeviceIO", dependencies: ["BusSystem", "CSys"]),
    .target(name: "ProgramKit", dependencies: ["BusSchema", "BusSystem", "YAMLText"]),

    // The manager.
    .target(name: "BusManagerCore", dependencies: ["BusWire"], path: "Sources/BusManager/Core"),
    .target(
      name: "BusManagerHost", dependencies: ["BusManagerCore", "BusSystem", "BusWire", "ProgramKit"],
      path: "Sources/BusManager/Host"),
    .executableTarget(
      name: "bus-manager", dependencies: ["BusManagerHost", "BusSystem", "BusWire", "ProgramKit", "YAMLText"],
      path: "Sources/BusManager/Daemon"),

    // The SDK, and modules that are no devices.
    .target(name: "BusClient", dependencies: ["BusSystem", "BusWire", "DeviceIO", "ProgramKit", "YAMLText"]),
    .target(name: "BusTesting", dependencies: ["BusClient", "BusManagerHost", "BusSystem", "BusWire"]),
    .target(name: "Frames", dependencies: ["BusWire"], plugins: ["FrameGenPlugin"]),
    .executableTarget(
      name: "button-module", dependencies: ["BusClient", "Frames"], path: "Sources/Modules/LedButton/Button"),
    .executableTarget(
      name: "controller-module", dependencies: ["BusClient", "Frames"], path: "Sources/Modules/LedButton/Controller"),
    .executableTarget(
      name: "led-module", dependencies: ["BusClient", "Frames"], path: "Sources/Modules/LedButton/Led"),
    .executableTarget(
      name: "selection-task", dependencies: ["BusClient", "Frames"], path: "Sources/Modules/SelectionTask"),

    // The command line.
    .executableTarget(
      name: "framebus",
      dependencies: ["BusClient", "BusSchema", "BusSystem", "BusWire", "Frames", "JSONValue", "YAMLText"],
      path: "Sources/BusTool"),

    // What `framebus new my-sensor` makes, built and tested here.
    .target(
      name: "MySensorFrames", dependencies: ["BusWire"], path: "Examples/my-sensor/Sources/MySensorFrames",
      plugins: ["FrameGenPlugin"]),
    .executableTarget(
      name: "my-sensor", dependencies: ["BusClient", "MySensorFrames"], path: "Examples/my-sensor/Sources/my-sensor"),
    .testTarget(
      name: "MySensorTests", dependencies: ["BusTesting", "MySensorFrames", "my-sensor"],
      path: "Examples/my-sensor/Tests/MySensorTests"),

    // The benchmark of the SDK; `make bench` runs it.
    .executableTarget(
      name: "bus-bench", dependencies: ["BusClient", "BusSystem", "BusWire"], path: "Benchmarks/SDK",
      plugins: ["FrameGenPlugin"]),

    // What tests share.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(
      name: "ProgramSupport", dependencies: ["BusClient", "BusSystem", "BusWire", "TestSupport"],
      path: "Tests/ProgramSupport"),
    .target(
      name: "GoldenFrames", dependencies: ["BusWire"], path: "Tests/GoldenFrames",
      swiftSettings: [.treatAllWarnings(as: .error)], plugins: ["FrameGenPlugin"]),
    .target(name: "FrameCases", dependencies: ["BusWire", "Frames", "GoldenFrames"], path: "Tests/FrameCases"),
    .executableTarget(
      name: "EchoServer", dependencies: ["BusSystem", "WebProtocol", "WebServer"], path: "Tests/Web/EchoServer"),
    .target(name: "CAllocations", path: "Tests/CAllocations"),

    // The tests.
    .testTarget(name: "HouseTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "FrameGenCoreTests", dependencies: ["BusSchema", "FrameGenCore", "YAMLText", "frame-gen", "TestSupport"],
      exclude: ["Golden"]),
    .testTarget(
      name: "FramesTests", dependencies: ["BusWire", "FrameCases", "Frames", "GoldenFrames", "TestSupport"]),
    .testTarget(name: "BusSchemaTests", dependencies: ["BusSchema", "BusWire"]),
    .testTarget(name: "XMLTextTests", dependencies: ["XMLText"]),
    .testTarget(name: "JSONValueTests", dependencies: ["JSONValue"]),
    .testTarget(
      name: "WebProtocolTests", dependencies: ["TestSupport", "WebProtocol"], path: "Tests/Web/ProtocolTests"),
    .testTarget(
      name: "WebServerTests", dependencies: ["BusSystem", "ProgramSupport", "WebProtocol", "WebServer"],
      path: "Tests/Web/ServerTests"),
    .testTarget(name: "BusWireTests", dependencies: ["BusWire"]),
    .testTarget(name: "BusSystemTests", dependencies: ["BusSystem", "DeviceIO", "TestSupport"]),
    .testTarget(name: "DeviceIOTests", dependencies: ["BusSystem", "DeviceIO", "TestSupport"]),
    .testTarget(name: "ProgramKitTests", dependencies: ["ProgramKit", "TestSupport"]),
    .testTarget(name: "BusManagerCoreTests", dependencies: ["BusManagerCore", "BusWire", "TestSupport"]),
    .testTarget(name: "BusManagerHostTests", dependencies: ["BusManagerHost", "BusSystem", "BusWire", "CAllocations"]),
    .testTarget(
      name: "BusClientTests", dependencies: ["BusClient", "BusSystem", "BusTesting", "Frames", "TestSupport"]),
    .testTarget(
      name: "LedButtonTests",
      dependencies: ["button-module", "controller-module", "led-module", "BusTesting", "Frames"],
      path: "Tests/Modules/LedButton"),
    .testTarget(
      name: "BusToolTests",
      dependencies: [
        "framebus", "BusTesting", "BusClient", "BusSystem", "BusWire", "Frames", "GoldenFrames", "JSONValue",
        "TestSupport",
      ]),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "BusClient", "BusSystem", "BusTesting", "BusWire", "Frames", "ProgramSupport", "TestSupport", "bus-manager",
        "button-module", "controller-module", "led-module", "framebus",
      ]),
    .testTarget(
      name: "SoakTests",
      dependencies: ["BusManagerCore", "BusClient", "BusSystem", "BusWire", "TestSupport"]),

    // The fuzz targets; their inputs are replayed by tests. A device has its own.
    .target(name: "FuzzKit", dependencies: ["TestSupport"], path: "Fuzz/Kit"),
    .executableTarget(
      name: "BusFuzz",
      dependencies: [
        "BusClient", "BusManagerCore", "BusSystem", "BusWire", "FrameCases", "FrameGenCore", "FuzzKit", "JSONValue",
        "WebProtocol",
      ],
      path: "Fuzz/Entries"),
    .testTarget(name: "FuzzTests", dependencies: ["BusFuzz", "FuzzKit"]),
  ] + devices.flatMap(\.targets)
)

// libFuzzer brings its own loop, so only `make fuzz` links it.
if Context.environment["FUZZ"] != nil {
  package.targets.append(.target(name: "CFuzz", path: "Fuzz/CFuzz"))
  for target in package.targets where target.name == "FuzzKit" {
    target.dependencies.append("CFuzz")
    target.swiftSettings = [.define("FUZZ")]
  }
}
