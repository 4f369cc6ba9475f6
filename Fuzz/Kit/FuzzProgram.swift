import Glibc

#if FUZZ
  import CFuzz
#endif

/// A program that runs libFuzzer on one of its targets: `FUZZ_TARGET=session BusFuzz FOLDER… -max_total_time=60`.
public protocol FuzzProgram {
  /// What it can feed.
  static var targets: [FuzzTarget] { get }
}

/// libFuzzer takes a C function, which can carry nothing along.
nonisolated(unsafe) private var chosen: FuzzTarget?

extension FuzzProgram {
  /// The whole program. Only a build with `FUZZ=1` has libFuzzer in it.
  public static func main() {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    chosen = targets.first { $0.name == name }
    guard chosen != nil else {
      print("$FUZZ_TARGET must be one of \(targets.map(\.name).joined(separator: ", "))")
      exit(64)
    }
    #if FUZZ
      var count = CommandLine.argc
      var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
      exit(LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in run(bytes, count) })
    #else
      print("this program was built without libFuzzer; 'make fuzz' builds it with")
      exit(64)
    #endif
  }
}

private func run(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try chosen?.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}
