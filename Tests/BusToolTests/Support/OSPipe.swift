import BusClient
import BusSystem
import Foundation

/// A pipe of the system: what a test writes at one end, the tool reads at the other.
final class OSPipe {
  private let pipe = Pipe()

  var readEnd: BusClient.FileDescriptor { .init(rawValue: pipe.fileHandleForReading.fileDescriptor) }
  var writeEnd: BusClient.FileDescriptor { .init(rawValue: pipe.fileHandleForWriting.fileDescriptor) }

  func write(_ text: String) { writeEnd.write(text) }

  /// The reader sees the end.
  func closeWriteEnd() { try? pipe.fileHandleForWriting.close() }

  /// Makes the next write wait.
  func fill() {
    while writeEnd.isWritable { write(String(repeating: "x", count: 4096)) }
  }

  /// Takes out what is there.
  func drain() {
    while readEnd.isReadable { _ = pipe.fileHandleForReading.availableData }
  }
}
