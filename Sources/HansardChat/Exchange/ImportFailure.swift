public import Hansard

/// A line that was not imported, and the reason.
public struct ImportFailure: Error, Sendable {
    /// The line's number, from 1.
    public let line: Int
    /// The column in bytes, from 1; nil if the line as a whole is meant.
    public let column: Int?
    /// The reason, as of any other failure: code, what, advice, position and stream.
    public let error: HansardError

    init(line: Int, column: Int? = nil, _ error: HansardError) {
        self.line = line
        self.column = column
        self.error = error
    }
}

extension ImportFailure: CustomStringConvertible {
    /// The failure in words for a log of an embedding program.
    public var description: String { text { "\($0)" } }

    /// The place and the reason in words, with the advice as `rendering` puts it.
    package func text(advising rendering: (Advice) -> String) -> String {
        let place = column.map { "line \(line), column \($0)" } ?? "line \(line)"
        return "\(place): \(error.text(advising: rendering))"
    }
}
