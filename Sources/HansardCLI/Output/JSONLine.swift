import HansardChat
import HansardRecords

/// An object of JSON, written field by field.
///
/// Records nest as deep as records may; a record around them would be one too deep to be one.
struct JSONLine {
    private var bytes = [UInt8(ascii: "{")]

    mutating func add(_ name: String, _ value: Value) { add(name, json: value.description) }

    mutating func add(_ name: String, _ record: Record) throws {
        add(name, json: try record.json())
    }

    /// Each change as an object: `before` and `after` where there is one, or that a redaction took
    /// them out.
    mutating func add(_ name: String, _ changes: [FieldChange]) {
        let list = changes.map { change in
            var line = JSONLine()
            line.add("field", .string(change.name))
            if let before = change.before { line.add("before", before) }
            if let after = change.after { line.add("after", after) }
            if change.isTakenOut { line.add("redacted", true) }
            return line.text
        }
        add(name, json: "[" + list.joined(separator: ",") + "]")
    }

    /// Adds a field whose value is JSON already.
    mutating func add(_ name: String, json: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes += Value.string(name).description.utf8
        bytes.append(UInt8(ascii: ":"))
        bytes += json.utf8
    }

    var text: String { String(decoding: bytes, as: UTF8.self) + "}" }
}
