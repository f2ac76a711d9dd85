/// The advice on a text, time, identifier or record that was refused, as a value: each kind of
/// program renders it in its own terms.
///
/// `description` renders it for people.
public enum RecordAdvice: Sendable, Hashable, CaseIterable {
    // MARK: Texts

    /// Encode the text as UTF-8.
    case encodeAsUTF8
    /// Send the text whole.
    case sendWhole
    /// Send one value and nothing after it.
    case sendOneValue
    /// Send smaller texts.
    case sendSmaller
    /// Give the value in quotes.
    case quote

    // MARK: JSON

    /// Leave out the 0 in front of the number.
    case dropZero
    /// Leave out the comma in front of the closing bracket.
    case dropComma
    /// Send the number as text.
    case sendAsText
    /// Escape the control character.
    case escapeControl
    /// Escape the backslash.
    case escapeBackslash
    /// Send both halves of the surrogate pair, or neither.
    case sendWholePair

    // MARK: Records

    /// Keep one of the fields with the same key.
    case keepOne
    /// Nest objects and arrays less deeply.
    case flatten
    /// Leave out numbers that are not finite.
    case leaveOut
    /// Leave out the field.
    case leaveOutField
    /// Write the record again.
    case writeAgain
    /// Use a shorter identifier.
    case shorten
    /// Write the time in the form of RFC 3339.
    case writeAsTime
}

extension RecordAdvice: CustomStringConvertible {
    public var description: String {
        switch self {
        case .encodeAsUTF8: "encode it as UTF-8"
        case .sendWhole: "send it whole"
        case .sendOneValue: "send one value"
        case .sendSmaller: "send smaller ones"
        case .quote: "give it in quotes"
        case .dropZero: "drop the 0"
        case .dropComma: "drop it"
        case .sendAsText: "send it as text"
        case .escapeControl: "escape it as \\u00XX"
        case .escapeBackslash: "write a backslash as \\\\"
        case .sendWholePair: "send both halves or neither"
        case .keepOne: "keep one of them"
        case .flatten: "flatten them"
        case .leaveOut: "leave them out"
        case .leaveOutField: "leave it out"
        case .writeAgain: "write it again"
        case .shorten: "shorten it"
        case .writeAsTime:
            "write it as 2025-03-03T06:59:46.314304Z, with Z, an offset or nothing"
        }
    }
}
