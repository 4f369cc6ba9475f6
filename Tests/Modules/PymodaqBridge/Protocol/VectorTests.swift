import PymodaqBridgeProtocol
import Testing
import XMLText

@testable import pymodaq_bridge

/// Bytes that real releases of PyMoDAQ have made: those of the protocol's description, and those that `Fixtures/make-vectors.py`
/// makes of more releases.
@Suite("Bytes of real releases")
struct VectorTests {
  static let vectors = ["pymodaq.json", "releases.json"].flatMap { try! PymodaqVector.all(in: $0) }
  static let values = vectors.filter { $0.kind != "xml" }
  static let trees = vectors.filter { $0.kind == "xml" }

  @Test("are all there, of every generation")
  func count() {
    #expect(try! PymodaqVector.all(in: "pymodaq.json").count == 31)
    #expect(try! PymodaqVector.all(in: "releases.json").count > 100)
    #expect(Set(Self.values.map(\.generation)) == Set(PymodaqGeneration.allCases))
  }

  @Test("are read as what they mean", arguments: values)
  func read(_ vector: PymodaqVector) throws {
    var reader = PymodaqReader(vector.bytes, vector.generation)
    for part in vector.parts {
      let value = try reader.receive(part.form)
      #expect("\(value)" == "\(part)")
    }
    #expect(reader.isAtEnd && reader.generation == vector.generation)
  }

  @Test("are written byte by byte", arguments: values)
  func write(_ vector: PymodaqVector) {
    var writer = PymodaqWriter(vector.generation)
    for part in vector.parts { writer.send(part) }
    #expect(writer.bytes == vector.bytes)
  }

  @Test("are incomplete without their last byte, and with each prefix say that more is needed", arguments: values)
  func cut(_ vector: PymodaqVector) throws {
    for count in 0..<vector.bytes.count {
      var reader = PymodaqReader(Array(vector.bytes.prefix(count)), vector.generation)
      do throws(PymodaqError) {
        for part in vector.parts { _ = try reader.receive(part.form) }
        Issue.record("\(count) of \(vector.bytes.count) bytes are a message")
      } catch .incomplete(let needed) {
        #expect(needed > count && needed <= vector.bytes.count)
      }
    }
  }

  @Test("say of which generation they are, where that can be seen", arguments: values)
  func detect(_ vector: PymodaqVector) throws {
    guard vector.generation != .v5, case .data(let data)? = vector.parts.first, !data.extras.isEmpty else { return }
    for assumed in [PymodaqGeneration.legacy, .v41, .v42, .v44] where assumed >= .v42 || vector.generation != .v42 {
      var reader = PymodaqReader(vector.bytes, assumed)
      let value = try reader.receive(.data)
      #expect("\(value)" == "\(vector.parts[0])")
      #expect(reader.generation == vector.generation)
    }
  }

  @Test("of trees of settings are read", arguments: trees)
  func tree(_ vector: PymodaqVector) throws {
    let tree = try PymodaqParameter(xml: vector.bytes)
    #expect(tree.children.map(\.name) == vector.parameters.map(\.name))
    #expect(tree[["units"]]?.value == .text("µm"))
    #expect(tree[["epsilon"]]?.value == .real(0.01))
    #expect(tree[["count"]]?.value == .integer(3))
    guard case .other("list", _)? = tree[["mode"]]?.value else {
      Issue.record("a list is nothing that is read here")
      return
    }
  }

  @Test("of trees are read again as they were, when they are written here", arguments: trees)
  func treeAgain(_ vector: PymodaqVector) throws {
    var tree = try PymodaqParameter(xml: vector.bytes)
    tree.children.removeAll { if case .other = $0.value { true } else { false } }
    #expect(try PymodaqParameter(xml: tree.xml).children == tree.children)
  }
}
