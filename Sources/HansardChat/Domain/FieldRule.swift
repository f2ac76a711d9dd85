import Hansard
import HansardBindings
import HansardRecords

/// A rule for a field of a record.
struct FieldRule {
    enum Kind {
        /// An id: text of 1 to 255 bytes.
        case identifier
        case text
        case time
        case list
        case object
        case bool
        /// One of these texts.
        case oneOf([String])
    }

    let name: String
    let kind: Kind
    var isRequired = false

    /// Checks a record against rules; fields without a rule are free.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) naming the field, what it is and what it should
    ///   be.
    static func check(
        _ record: Record, _ rules: [FieldRule], of what: String
    ) throws(HansardError) {
        for rule in rules {
            do {
                try rule.check(record, of: what)
            } catch let error as RecordError {
                throw HansardError(error.code, "\(what): the field '\(rule.name)': \(error.what)")
            } catch let error as HansardError {
                throw error
            } catch {
                throw HansardError(.invalidArgument, "\(what): \(error)")
            }
        }
    }

    private func check(_ record: Record, of what: String) throws {
        let first = record.withPackedField(name) { $0[0] }
        guard let first, first != 0xC0 || isRequired else {
            if first == nil && isRequired {
                throw HansardError(.invalidArgument, "\(what): the field '\(name)' is missing")
            }
            return
        }
        switch kind {
        case .identifier:
            if try record.identifier(name) == nil { throw wrong(what, "text of 1 to 255 bytes") }
        case .time:
            if try record.instant(name) == nil { throw wrong(what, "a time such as \(Self.time)") }
        case .text: if !Self.isText(first) { throw wrong(what, "text") }
        case .list: if !Self.isList(first) { throw wrong(what, "a list") }
        case .object: if !Self.isObject(first) { throw wrong(what, "an object") }
        case .oneOf(let texts):
            guard let text = record.string(name), texts.contains(text) else {
                throw wrong(what, "one of " + texts.joined(separator: ", "))
            }
        case .bool: if first != 0xC2 && first != 0xC3 { throw wrong(what, "true or false") }
        }
    }

    private static let time = "2025-03-03T07:00:20.189781Z"

    private func wrong(_ what: String, _ expected: String) -> HansardError {
        HansardError(.invalidArgument, "\(what): the field '\(name)' must be \(expected)")
    }

    // First bytes of MessagePack values; text may also be one of our compact forms.
    private static func isText(_ byte: UInt8) -> Bool {
        (0xA0...0xBF).contains(byte) || (0xD9...0xDB).contains(byte)
            || (0xD4...0xD8).contains(byte)
    }
    private static func isList(_ byte: UInt8) -> Bool {
        (0x90...0x9F).contains(byte) || byte == 0xDC || byte == 0xDD
    }
    private static func isObject(_ byte: UInt8) -> Bool {
        (0x80...0x8F).contains(byte) || byte == 0xDE || byte == 0xDF
    }
}
