// swift-tools-version: 6.2
import PackageDescription

/// Span-like types that a function returns or stores need this; it stays inside the rooms that handle raw bytes.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

let package = Package(
  name: "framebus",
  products: [
    .library(name: "BusWire", targets: ["BusWire"])
  ],
  targets: [
    .target(name: "BusWire", swiftSettings: lifetimes),
    .testTarget(name: "BusWireTests", dependencies: ["BusWire"]),
  ]
)
