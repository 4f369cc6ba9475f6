import CFuzz
import FuzzEntries
import Glibc

/// Runs libFuzzer on one target: `FUZZ_TARGET=session fuzz Fuzz/Corpus/session -max_total_time=60`.
@main enum FuzzProgram {
  private static let target = FuzzTarget(rawValue: getenv("FUZZ_TARGET").map { String(cString: $0) } ?? "")

  static func main() {
    guard target != nil else {
      print("$FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
      exit(64)
    }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in FuzzProgram.run(bytes, count) })
  }

  private static func run(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
      try target?.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
      fatalError("\(error)")
    }
    return 0
  }
}
