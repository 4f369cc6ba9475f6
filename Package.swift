// swift-tools-version: 6.2
import PackageDescription

/// Span-like types that a function returns or stores need this; it stays inside the rooms that handle raw bytes.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

let package = Package(
  name: "framebus",
  products: [
    .library(name: "BusWire", targets: ["BusWire"]),
    .library(name: "BusClient", targets: ["BusClient"]),
    .library(name: "BusTesting", targets: ["BusTesting"]),
    .library(name: "Frames", targets: ["Frames"]),
    .library(name: "Evomin", targets: ["Evomin"]),
    .plugin(name: "FrameGenPlugin", targets: ["FrameGenPlugin"]),
    .executable(name: "frame-gen", targets: ["frame-gen"]),
    .executable(name: "bus-manager", targets: ["bus-manager"]),
    .executable(name: "framebus", targets: ["framebus"]),
    .executable(name: "button-module", targets: ["button-module"]),
    .executable(name: "controller-module", targets: ["controller-module"]),
    .executable(name: "led-module", targets: ["led-module"]),
    .executable(name: "candy-dispenser", targets: ["candy-dispenser"]),
    .executable(name: "candy-simulator", targets: ["candy-simulator"]),
    .executable(name: "selection-task", targets: ["selection-task"]),
    .executable(name: "evomin-bridge", targets: ["evomin-bridge"]),
    .executable(name: "evomin-simulator", targets: ["evomin-simulator"]),
  ],
  targets: [
    // The generator.
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "BusSchema"),
    .target(name: "YAMLText", dependencies: ["BusSchema", "CYaml"]),
    .target(name: "FrameGenCore", dependencies: ["BusSchema", "YAMLText"], path: "Sources/FrameGen/Core"),
    .executableTarget(name: "frame-gen", dependencies: ["FrameGenCore"], path: "Sources/FrameGen/Tool"),
    .plugin(name: "FrameGenPlugin", capability: .buildTool(), dependencies: ["frame-gen"]),

    // The wire and the system.
    .target(name: "BusWire", dependencies: ["BusSchema"], swiftSettings: lifetimes, plugins: ["FrameGenPlugin"]),
    .target(name: "CSys"),
    .target(name: "BusNet", dependencies: ["CSys"]),

    // The manager.
    .target(name: "BusManagerCore", dependencies: ["BusWire"], path: "Sources/BusManager/Core"),
    .target(
      name: "BusManagerHost", dependencies: ["BusManagerCore", "BusNet", "BusWire"], path: "Sources/BusManager/Host"),
    .executableTarget(
      name: "bus-manager", dependencies: ["BusManagerHost", "BusNet", "BusWire"], path: "Sources/BusManager/Daemon"),

    // The modules.
    .target(name: "BusClient", dependencies: ["BusWire", "BusNet"]),
    .target(name: "BusTesting", dependencies: ["BusClient", "BusManagerHost", "BusWire", "BusNet"]),
    .target(name: "Frames", dependencies: ["BusWire"], plugins: ["FrameGenPlugin"]),
    .executableTarget(
      name: "button-module", dependencies: ["BusClient", "Frames"], path: "Sources/Modules/LedButton/Button"),
    .executableTarget(
      name: "controller-module", dependencies: ["BusClient", "Frames"], path: "Sources/Modules/LedButton/Controller"),
    .executableTarget(
      name: "led-module", dependencies: ["BusClient", "Frames"], path: "Sources/Modules/LedButton/Led"),

    .target(name: "CandyCom", path: "Sources/Modules/CandyDispenser/Protocol"),
    .target(name: "CandySimulator", dependencies: ["CandyCom"], path: "Sources/Modules/CandyDispenser/Simulator"),
    .target(
      name: "CandySimulation", dependencies: ["BusClient", "BusNet", "CandySimulator", "Frames"],
      path: "Sources/Modules/CandyDispenser/Simulation"),
    .executableTarget(
      name: "candy-dispenser", dependencies: ["BusClient", "BusNet", "CandyCom", "CandySimulation", "Frames"],
      path: "Sources/Modules/CandyDispenser/Module"),
    .executableTarget(
      name: "candy-simulator", dependencies: ["BusClient", "CandySimulation", "Frames"],
      path: "Sources/Modules/CandyDispenser/SimulatorModule"),
    .executableTarget(
      name: "selection-task", dependencies: ["BusClient", "BusNet", "Frames"], path: "Sources/Modules/SelectionTask"),
    .target(name: "Evomin", path: "Sources/Modules/EvominBridge/Protocol"),
    .target(name: "EvominSimulator", dependencies: ["Evomin"], path: "Sources/Modules/EvominBridge/Simulator"),
    .target(
      name: "EvominMap", dependencies: ["BusWire", "Evomin", "Frames", "YAMLText"],
      path: "Sources/Modules/EvominBridge/Map"),
    .target(
      name: "EvominSimulation", dependencies: ["BusClient", "BusNet", "Evomin", "EvominSimulator", "Frames"],
      path: "Sources/Modules/EvominBridge/Simulation"),
    .executableTarget(
      name: "evomin-bridge",
      dependencies: ["BusClient", "BusNet", "Evomin", "EvominMap", "EvominSimulation", "Frames", "YAMLText"],
      path: "Sources/Modules/EvominBridge/Module"),
    .executableTarget(
      name: "evomin-simulator", dependencies: ["BusClient", "EvominSimulation", "Frames"],
      path: "Sources/Modules/EvominBridge/SimulatorModule"),

    // The command line.
    .executableTarget(name: "framebus", dependencies: ["BusClient", "BusSchema", "BusWire", "Frames"], path: "Sources/BusTool"),

    // The benchmark of the SDK; `make bench` runs it.
    .executableTarget(
      name: "bus-bench", dependencies: ["BusClient", "BusWire"], path: "Benchmarks/SDK", plugins: ["FrameGenPlugin"]),

    // The tests.
    .target(
      name: "GoldenFrames", dependencies: ["BusWire"], path: "Tests/GoldenFrames",
      swiftSettings: [.treatAllWarnings(as: .error)], plugins: ["FrameGenPlugin"]),
    .testTarget(name: "BusSchemaTests", dependencies: ["BusSchema", "BusWire"]),
    .testTarget(name: "BusWireTests", dependencies: ["BusWire"]),
    .testTarget(name: "HouseTests", dependencies: ["TestSupport"]),
    .testTarget(name: "BusNetTests", dependencies: ["BusNet", "TestSupport"]),
    .testTarget(name: "BusClientTests", dependencies: ["BusClient", "BusTesting", "Frames"]),
    .testTarget(
      name: "LedButtonTests",
      dependencies: ["button-module", "controller-module", "led-module", "BusTesting", "Frames"]),
    .testTarget(name: "CandyComTests", dependencies: ["CandyCom", "CandySimulator", "TestSupport"]),
    .testTarget(name: "CandySimulatorTests", dependencies: ["CandyCom", "CandySimulator", "TestSupport"]),
    .testTarget(
      name: "CandyDispenserTests", dependencies: ["candy-dispenser", "BusNet", "BusTesting", "BusWire", "Frames"]),
    .testTarget(
      name: "BusToolTests",
      dependencies: ["framebus", "BusTesting", "BusClient", "BusWire", "Frames", "GoldenFrames", "TestSupport"]),
    .target(
      name: "EvominVectors", dependencies: ["Evomin", "TestSupport"], path: "Tests/EvominVectors", exclude: ["Fixtures"]
    ),
    .testTarget(name: "EvominTests", dependencies: ["Evomin", "EvominVectors", "TestSupport"]),
    .testTarget(
      name: "EvominSimulatorTests", dependencies: ["Evomin", "EvominSimulator", "EvominVectors", "TestSupport"]),
    .testTarget(
      name: "EvominBridgeTests",
      dependencies: [
        "BusClient", "BusNet", "BusTesting", "BusWire", "Evomin", "EvominMap", "EvominSimulation", "EvominSimulator",
        "FrameCases", "Frames", "TestSupport", "evomin-bridge",
      ]),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .testTarget(name: "BusManagerHostTests", dependencies: ["BusManagerHost", "BusNet", "BusWire", "CAllocations"]),
    .testTarget(name: "BusManagerCoreTests", dependencies: ["BusManagerCore", "BusWire", "TestSupport"]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(
      name: "FrameGenCoreTests", dependencies: ["BusSchema", "FrameGenCore", "YAMLText", "frame-gen", "TestSupport"],
      exclude: ["Golden"]),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "BusClient", "BusTesting", "BusWire", "BusNet", "Frames", "TestSupport", "bus-manager", "button-module",
        "controller-module", "led-module", "candy-dispenser",
        "candy-simulator", "evomin-bridge", "evomin-simulator", "framebus", "selection-task",
      ]),
    .testTarget(
      name: "SoakTests",
      dependencies: ["BusManagerCore", "BusClient", "BusNet", "BusWire", "TestSupport"]),
    .testTarget(
      name: "FramesTests", dependencies: ["BusWire", "FrameCases", "Frames", "GoldenFrames", "TestSupport"]),
    .target(name: "FrameCases", dependencies: ["BusWire", "Frames", "GoldenFrames"], path: "Tests/FrameCases"),

    // The fuzz targets; their inputs are replayed by a test.
    .target(
      name: "FuzzEntries",
      dependencies: [
        "BusClient", "BusManagerCore", "BusNet", "BusWire", "CandyCom", "Evomin", "FrameCases", "FrameGenCore",
      ],
      path: "Fuzz/Entries"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzEntries", "TestSupport"]),
  ]
)

// libFuzzer brings its own loop, so its program is there only for `make fuzz`.
if Context.environment["FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzz", path: "Fuzz/CFuzz"),
    .executableTarget(name: "fuzz", dependencies: ["CFuzz", "FuzzEntries"], path: "Fuzz/Driver"),
  ]
}
