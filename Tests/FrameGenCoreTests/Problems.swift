import FrameGenCore

/// What the generator says about a schema, line by line as the tool prints it; nothing if it is in order.
func problems(in schema: String, module: String? = nil) -> [String] {
  problems(in: Array(schema.utf8), module: module)
}

/// What the generator says about the bytes of a schema file.
func problems(in bytes: [UInt8], module: String? = nil) -> [String] {
  do throws(SchemaError) {
    _ = try FrameGenerator(module: module).generate(from: bytes)
    return []
  } catch {
    return error.diagnostics.map { $0.text(path: "frames.yaml") }
  }
}

/// A schema with one frame, whose fields are the given lines; they start in line 4, column 7.
func frame(fields: String...) -> String {
  "frames:\n  SAMPLE:\n    { id: 1, fields: {\n" + fields.map { "      \($0)" }.joined(separator: ",\n") + "\n    } }\n"
}
