public import HansardRecords

/// A failure of the store as data: programs decide on the code, its class and the fields; people
/// read a rendering of them.
public struct HansardError: Error, Sendable {
    /// The kind of failure.
    public let code: ErrorCode
    /// The failure and its subject: a clause for people, without what to do about it.
    public let what: String
    /// The advice; nil where the class of the code says all there is.
    public let advice: Advice?
    /// The event concerned.
    public let position: Position?
    /// The stream concerned.
    public let stream: StreamName?
    /// The file or directory concerned.
    public let path: String?
    /// The error that caused this one.
    public let underlying: (any Error)?

    public init(
        _ code: ErrorCode, _ what: String, advice: Advice? = nil, position: Position? = nil,
        stream: StreamName? = nil, path: String? = nil, underlying: (any Error)? = nil
    ) {
        self.code = code
        self.what = what
        self.advice = advice
        self.position = position
        self.stream = stream
        self.path = path
        self.underlying = underlying
    }

    /// The same failure with more context: fields given replace this error's own.
    package func with(
        code: ErrorCode? = nil, what: String? = nil, advice: Advice? = nil,
        position: Position? = nil, path: String? = nil
    ) -> HansardError {
        HansardError(
            code ?? self.code, what ?? self.what, advice: advice ?? self.advice,
            position: position ?? self.position, stream: stream, path: path ?? self.path,
            underlying: underlying)
    }
}

extension HansardError: CustomStringConvertible {
    /// The failure in words for a log of an embedding program; a command line renders `advice`
    /// itself.
    public var description: String { text { "\($0)" } }

    /// The failure in words, with the advice as `rendering` puts it.
    package func text(advising rendering: (Advice) -> String) -> String {
        let cause = underlying.map { " (\($0))" } ?? ""
        guard let advice else { return what + cause }
        return "\(what): \(rendering(advice))\(cause)"
    }
}
