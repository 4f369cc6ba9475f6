// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "my-sensor",
  dependencies: [.package(name: "framebus", path: "../..")],
  targets: [
    .target(
      name: "MySensorFrames",
      dependencies: [.product(name: "BusWire", package: "framebus")],
      plugins: [.plugin(name: "FrameGenPlugin", package: "framebus")]),
    .executableTarget(
      name: "my-sensor",
      dependencies: ["MySensorFrames", .product(name: "BusClient", package: "framebus")]),
    .testTarget(
      name: "MySensorTests",
      dependencies: ["my-sensor", "MySensorFrames", .product(name: "BusTesting", package: "framebus")]),
  ]
)
