import Hansard

/// The advice on reading past a damaged event, for the verbs that walk along the log.
enum DamagedEvent {
    /// Runs `body`. When it meets a damaged event, the error says what `advice` has for its
    /// position besides what is wrong.
    static func advising<Result>(
        _ advice: (Position) -> String, _ body: () throws -> Result
    ) throws -> Result {
        do { return try body() } catch { throw failure(error, advice) }
    }

    /// The error itself when it is about something else.
    static func failure(_ error: any Error, _ advice: (Position) -> String) -> any Error {
        guard let error = error as? HansardError, error.code == .corruptEvent,
            let position = error.position
        else { return error }
        return CommandFailure("\(ErrorText.of(error)). \(advice(position))", cause: error)
    }

    /// Says that an export may hold what was redacted: an event that can't be read may have been
    /// the redaction. Said before the error such an event ends the export with.
    static func warnOfText(unreadable: Position?) {
        guard let unreadable else { return }
        Diagnostics.say(
            "event \(unreadable) can't be read; if it redacted a message, this export has that "
                + "message's text. Protect the export like the log, and run 'hansard verify'")
    }
}
