import HansardBindings

/// Why a text, a time, an identifier or a run of bytes was refused, and what to do about it.
public struct RecordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of fault. New codes may be added, so a switch needs a default.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }

        /// The text is not JSON (RFC 8259), or not of the stricter kind taken here.
        public static let invalidJSON = Code("invalidJSON")
        /// Bytes that are not UTF-8, or a lone surrogate in an escape.
        public static let invalidText = Code("invalidText")
        /// An object has the same key twice.
        public static let duplicateKey = Code("duplicateKey")
        /// A number outside −2^63…2^64−1, or a double that is not finite.
        public static let numberOutOfRange = Code("numberOutOfRange")
        /// More than 64 nested objects and arrays.
        public static let tooDeep = Code("tooDeep")
        /// More bytes than the reader can take.
        public static let tooLarge = Code("tooLarge")
        /// The bytes are not a record as this project writes them.
        public static let invalidRecord = Code("invalidRecord")
        /// An identifier is empty or longer than 255 bytes.
        public static let invalidIdentifier = Code("invalidIdentifier")
        /// A time is not in a form that is taken.
        public static let invalidTime = Code("invalidTime")
        /// A field holds another type than the one asked for.
        public static let wrongType = Code("wrongType")
    }

    public let code: Code
    /// What is wrong and what to do, in a sentence.
    public let message: String
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
        _ code: Code, _ message: String, byteOffset: Int? = nil, column: Int? = nil,
        line: Int? = nil, field: String? = nil
    ) {
        self.code = code
        self.message = message
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
        let code: Code = error.reason == .tooDeep ? .tooDeep : .invalidRecord
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
        return place.isEmpty ? message : place.joined(separator: ", ") + ": \(message)"
    }
}
