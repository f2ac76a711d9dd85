import HansardBindings

/// The reason a text, a time, an identifier or a run of bytes was refused, and what to do about it.
public struct RecordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of fault, of the class `request`.
    public let code: ErrorCode
    /// The fault, in a clause.
    public let what: String
    /// Offset of the fault in bytes from the beginning of what was read, where known.
    public var byteOffset: Int?
    /// The 1-based byte column in the line of JSON, where known.
    public var column: Int?
    /// The 1-based line, where known; a reader of files fills it in.
    public var line: Int?
    /// The name of the field, where known.
    public var field: String?

    /// An error with what is known of its place.
    public init(
        _ code: ErrorCode, _ what: String, byteOffset: Int? = nil, column: Int? = nil,
        line: Int? = nil, field: String? = nil
    ) {
        self.code = code
        self.what = what
        self.byteOffset = byteOffset
        self.column = column
        self.line = line
        self.field = field
    }

    /// The same fault as found in the named field.
    public func inField(_ name: String) -> RecordError {
        var copy = self
        copy.field = name
        return copy
    }

    /// A fault of the MessagePack reader, as a damaged record.
    init(_ error: MessagePackError) {
        let code: ErrorCode = error.reason == .tooDeep ? .tooDeep : .invalidRecord
        self.init(code, "\(error.reason.rawValue); write it again", byteOffset: error.byteOffset)
    }

    public var description: String {
        var place: [String] = []
        if let line { place.append("line \(line)") }
        if let column {
            place.append("column \(column)")
        } else if let byteOffset {
            place.append("byte \(byteOffset)")
        }
        if let field { place.append("the field '\(field)'") }
        return place.isEmpty ? what : place.joined(separator: ", ") + ": \(what)"
    }
}
