import BusSystem

/// A descriptor that ends a wait early.
package struct WakeInterest {
  package let descriptor: FileDescriptor
  /// When it is writable, too, not only when it is readable.
  package let writing: Bool
}
