import BusSchema
import YAMLText

/// Checks that frames fit into a payload and that their field lists stay readable. Runs only if no struct is recursive.
struct SizeCheck {
  /// What a field or struct adds to a frame at least.
  private struct Extent {
    var bytes = 0
    /// Fields that are no struct, counted through all structs.
    var leaves = 0

    mutating func add(_ other: Extent, times count: Int) {
      bytes = Extent.saturating(bytes, other.bytes, times: count)
      leaves = Extent.saturating(leaves, other.leaves, times: 1)
    }

    private static func saturating(_ sum: Int, _ value: Int, times count: Int) -> Int {
      let (product, productOverflow) = value.multipliedReportingOverflow(by: count)
      let (total, sumOverflow) = sum.addingReportingOverflow(product)
      return productOverflow || sumOverflow ? Int.max : total
    }
  }

  private let declarations: Declarations
  private let types: TypeTable
  private var structs: [String: Extent] = [:]
  private(set) var diagnostics: [Diagnostic] = []

  init(_ declarations: Declarations, types: TypeTable) {
    self.declarations = declarations
    self.types = types
  }

  mutating func check() {
    for frame in declarations.frames {
      let extent = extent(of: frame.fields)
      if extent.bytes > Limits.payloadBytesMax {
        report(frame.name, "takes more than \(Limits.payloadBytesMax) bytes, the largest payload; shorten its arrays")
      } else if extent.leaves > Limits.leavesMax {
        report(frame.name, "has more than \(Limits.leavesMax) fields with those of its structs; split it")
      }
    }
  }

  private mutating func extent(of fields: [FieldDeclaration]) -> Extent {
    var sum = Extent()
    for type in fields.compactMap(\.type) {
      switch type.value.shape {
      case .fixed(let count):
        sum.add(extent(of: type.value.name), times: min(count, Limits.fixedArrayCountMax))
      case .single: sum.add(extent(of: type.value.name), times: 1)
      case .bounded, .unbounded: sum.add(Extent(bytes: 4, leaves: extent(of: type.value.name).leaves), times: 1)
      }
    }
    return sum
  }

  private mutating func extent(of type: String) -> Extent {
    switch types.kind(type) {
    case .bool, nil: return Extent(bytes: 1, leaves: 1)
    case .string, .bytes: return Extent(bytes: 4, leaves: 1)
    case .number(let number): return Extent(bytes: number.byteCount, leaves: 1)
    case .enumeration(let declaration): return Extent(bytes: types.carrier(of: declaration)?.byteCount ?? 1, leaves: 1)
    case .structure(let declaration):
      if let known = structs[type] { return known }
      let extent = extent(of: declaration.fields)
      structs[type] = extent
      return extent
    }
  }

  private mutating func report(_ name: Located<String>, _ message: String) {
    diagnostics.append(Diagnostic(name.position, "frame \(name.value) \(message)"))
  }
}
