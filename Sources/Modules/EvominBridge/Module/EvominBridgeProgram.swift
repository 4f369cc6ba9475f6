/// Called `evomin-simulator`, it is the simulated microcontroller alone; by any other name the bridge to one.
@main enum EvominBridgeProgram {
  static func main() {
    if CommandLine.arguments.first?.hasSuffix("evomin-simulator") == true {
      EvominSimulatorModule.main()
    } else {
      EvominBridgeModule.main()
    }
  }
}
