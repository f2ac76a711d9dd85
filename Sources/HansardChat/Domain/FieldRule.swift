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
    /// - Throws: `HansardError` naming the field: `wrongType` for a value of another type,
    ///   `invalidArgument` for a missing field or a value that is not allowed, and the code of an
    ///   id or time that can't be one.
    static func check(
        _ record: Record, _ rules: [FieldRule], of what: String
    ) throws(HansardError) {
        for rule in rules {
            do {
                try rule.check(record, of: what)
            } catch let error as RecordError {
                throw HansardError(
                    error, what: "\(what): the field '\(rule.name)': \(error.what)")
            } catch {
                throw .wrapping(error, doing: "checking the \(what)")
            }
        }
    }

    private func check(_ record: Record, of what: String) throws {
        let first = record.withPackedField(name) { $0[0] }
        guard let first, first != 0xC0 else {
            if isRequired {
                let fault = first == nil ? "is missing" : "can't be null"
                throw HansardError(.invalidArgument, "\(what): the field '\(name)' \(fault)")
            }
            return
        }
        switch kind {
        case .identifier: _ = try record.identifier(name)
        case .time: _ = try record.instant(name)
        case .text: if !Self.isText(first) { throw wrong(what, "text") }
        case .list: if !Self.isList(first) { throw wrong(what, "a list") }
        case .object: if !Self.isObject(first) { throw wrong(what, "an object") }
        case .oneOf(let texts):
            let text = record.string(name)
            if let text, texts.contains(text) { return }
            throw wrong(
                what, "one of " + texts.joined(separator: ", "),
                text == nil ? .wrongType : .invalidArgument)
        case .bool: if first != 0xC2 && first != 0xC3 { throw wrong(what, "true or false") }
        }
    }

    private func wrong(
        _ what: String, _ expected: String, _ code: ErrorCode = .wrongType
    ) -> HansardError {
        HansardError(code, "\(what): the field '\(name)' must be \(expected)")
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
