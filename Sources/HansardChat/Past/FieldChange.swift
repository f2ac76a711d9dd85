public import HansardRecords

/// The change of one field of a record.
public struct FieldChange: Sendable, Equatable {
    public let name: String
    /// Nil when the field was not there.
    public let before: Value?
    /// Nil when the field is not there any more.
    public let after: Value?
    /// True if a redaction took the values out: then neither is there, though the field changed.
    public internal(set) var isTakenOut = false
    /// True if it is the mark of a redaction: a message may have a field of that name of its own.
    public internal(set) var isRedaction = false

    /// The fields that differ, in the order of the later record, then those that are gone.
    public static func between(_ before: Record, _ after: Record) -> [FieldChange] {
        // By their bytes: names that are equal as Unicode text are different fields.
        var old = Dictionary(
            before.map { (Array($0.name.utf8), $0.value) }, uniquingKeysWith: { first, _ in first })
        var changes: [FieldChange] = []
        for (name, value) in after {
            let was = old.removeValue(forKey: Array(name.utf8))
            if was.map({ $0.isEquivalent(to: value) }) == true { continue }
            changes.append(FieldChange(name: name, before: was, after: value))
        }
        for name in before.fieldNames {
            if let was = old[Array(name.utf8)] {
                changes.append(FieldChange(name: name, before: was, after: nil))
            }
        }
        return changes
    }
}
