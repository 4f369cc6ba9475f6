/// Called `candy-simulator`, it is the simulated dispenser alone; by any other name the host of one.
@main enum CandyDispenserProgram {
  static func main() {
    if CommandLine.arguments.first?.hasSuffix("candy-simulator") == true {
      CandySimulatorModule.main()
    } else {
      CandyDispenserModule.main()
    }
  }
}
