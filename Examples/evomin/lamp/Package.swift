// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lamp",
  // Where Framebus is; a package of your own may also give the address of its repository.
  dependencies: [.package(name: "framebus", path: "../../..")],
  targets: [
    .executableTarget(name: "lamp", dependencies: [.product(name: "EvominBridgeProtocol", package: "framebus")])
  ]
)
