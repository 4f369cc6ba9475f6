import BusSystem
import CSys
import Glibc

/// A GPIO chip of this machine, through the kernel's character device (uAPI v2, Linux 5.10 and later).
public struct GPIOChip: ~Copyable, Sendable {
  private let owned: OwnedDescriptor
  /// Where it is, such as `/dev/gpiochip0`. Another start of the machine may number the chips in another way.
  public let path: String
  /// What its driver calls it, such as `pinctrl-bcm2711`.
  public let label: String
  /// How many lines it has.
  public let lineCount: Int

  /// The labels of the chip whose lines are on the 40-pin header of a Raspberry Pi: 5; 4; 1 to 3 and Zero.
  public static let headerLabels = ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"]

  /// Opens a chip by its path.
  ///
  /// - Throws: `SystemError` that says what to do: no such chip, no permission, `ENOTTY` if the path is no GPIO chip.
  public init(path: String) throws(SystemError) {
    let raw = open(path, O_RDWR | O_CLOEXEC)
    guard raw >= 0 else { throw Self.failure(errno, path) }
    let owned = OwnedDescriptor(owning: raw)
    var name = [CChar](repeating: 0, count: Int(CSYS_GPIO_NAME_SIZE))
    var label = name
    var lines: UInt32 = 0
    guard csys_gpio_chip(raw, &name, &label, &lines) == 0 else { throw Self.failure(errno, path) }
    self.owned = owned
    self.path = path
    self.label = text(label)
    lineCount = Int(lines)
  }

  /// Opens the chip that has one of these labels, the first that there is.
  ///
  /// - Throws: `SystemError` that names the chips that there are; `EACCES` if one of them may not be looked at.
  public init(labels: [String]) throws(SystemError) {
    var others: [String] = []
    var refused: SystemError?
    for path in Self.paths {
      do throws(SystemError) {
        let chip = try GPIOChip(path: path)
        if labels.contains(chip.label) {
          self = chip
          return
        }
        others.append("\(path) (\(chip.label))")
      } catch {
        refused = error
      }
    }
    if let refused { throw refused }
    let wanted = labels.map { "'\($0)'" }.joined(separator: " or ")
    throw SystemError(
      code: ENODEV, call: "find a GPIO chip labelled \(wanted)",
      advice: others.isEmpty
        ? "this machine has no GPIO chip" : "there are \(others.joined(separator: ", ")); name one of them")
  }

  private static var paths: [String] {
    let names = (try? Folder(path: "/dev").names) ?? []
    return names.filter { $0.hasPrefix("gpiochip") }.map { "/dev/\($0)" }
      .sorted { ($0.count, $0) < ($1.count, $1) }
  }

  /// Takes lines as outputs, all with one request and all off from its first moment.
  ///
  /// - Parameters:
  ///   - lines: bit 0 of what is set is the first of them. At most 64.
  ///   - activeLow: whether on is the lower voltage.
  ///   - consumer: who has them, for those who look; 31 bytes of it are shown.
  /// - Throws: `SystemError` that names the line: there is none, it is given twice, or who has it.
  public func outputs(
    _ lines: [GPIOLine], activeLow: Bool = false, consumer: String
  ) throws(SystemError) -> GPIOLines {
    var offsets: [UInt32] = []
    for line in lines {
      guard let offset = line.offset, offset < lineCount else {
        throw failure(ENXIO, line, "the chip has the lines 0 to \(lineCount - 1)")
      }
      guard !offsets.contains(offset) else { throw failure(EINVAL, line, "it is given twice") }
      offsets.append(offset)
    }
    let raw = csys_gpio_outputs(owned.descriptor.rawValue, offsets, UInt32(offsets.count), activeLow ? 1 : 0, consumer)
    guard raw < 0 else { return GPIOLines(OwnedDescriptor(owning: raw), "\(path) (\(label))") }
    let code = errno
    for (line, offset) in zip(lines, offsets) {
      guard let holder = holder(of: offset) else { continue }
      throw failure(EBUSY, line, "'\(holder)' has it; end that or choose another line")
    }
    throw SystemError(code: code, call: "take the lines \(lines) of \(path) (\(label))", advice: Self.advice(code))
  }

  /// Who has a line; nil if nobody has.
  public func holder(of offset: UInt32) -> String? {
    var consumer = [CChar](repeating: 0, count: Int(CSYS_GPIO_NAME_SIZE))
    guard csys_gpio_holder(owned.descriptor.rawValue, offset, &consumer) == 1 else { return nil }
    let name = text(consumer)
    return name.isEmpty ? "the kernel" : name
  }

  private func failure(_ code: Int32, _ line: GPIOLine, _ advice: String) -> SystemError {
    SystemError(code: code, call: "take the line \(line) of \(path) (\(label))", advice: advice)
  }

  private static func failure(_ code: Int32, _ path: String) -> SystemError {
    SystemError(code: code, call: "open \(path)", advice: advice(code))
  }

  private static func advice(_ code: Int32) -> String? {
    switch code {
    case ENOENT, ENXIO, ENODEV: "is this the machine with the pins? 'ls /dev/gpiochip*' shows its chips"
    case EACCES, EPERM: "add the user to the group 'gpio' (sudo usermod -aG gpio USER) and log in again"
    case ENOTTY, EINVAL: "this is no GPIO chip, or its kernel is older than Linux 5.10"
    default: nil
    }
  }
}

private func text(_ name: [CChar]) -> String {
  String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
