import Hansard

/// How reading goes on past a damaged event, for the verbs that walk along the log.
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
        return CommandFailure("\(error). \(advice(position))")
    }
}
