import HansardBindings

/// The reason a text, a time, an identifier or a run of bytes was refused, and the advice on it.
public struct RecordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of fault, of the class `request`.
    public let code: ErrorCode
    /// The fault: a clause for people, without the advice.
    public let what: String
    /// The advice; nil where the fault says all there is.
    public let advice: RecordAdvice?
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
        _ code: ErrorCode, _ what: String, advice: RecordAdvice? = nil, byteOffset: Int? = nil,
        column: Int? = nil, line: Int? = nil, field: String? = nil
    ) {
        self.code = code
        self.what = what
        self.advice = advice
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
        let isTooDeep = error.reason == .tooDeep
        self.init(
            isTooDeep ? .tooDeep : .invalidRecord, error.reason.rawValue,
            advice: isTooDeep ? .flatten : .writeAgain, byteOffset: error.byteOffset)
    }

    /// The fault with its place, in words, without the advice.
    package var placed: String {
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

    public var description: String { advice.map { "\(placed): \($0)" } ?? placed }
}
