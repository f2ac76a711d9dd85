import ArgumentParser
import Hansard
import HansardBindings

/// The exit status, for scripts to decide on.
enum ExitStatus: Int32 {
    case success = 0
    /// The operation failed.
    case failure = 1
    /// `verify` found damage.
    case damage = 2
    /// The stream is not as an append expects it, or its id was recorded with other content.
    case conflict = 3
    /// Input that can't be imported or appended (`EX_DATAERR` of sysexits.h).
    case badInput = 65
    /// Ended by Ctrl-C.
    case interrupted = 130
    /// Ended by a polite `kill`.
    case terminated = 143

    var code: ExitCode { ExitCode(rawValue) }

    /// The status of a run that ends because its input was refused or can't be read.
    static func ofInput(_ code: ErrorCode) -> ExitStatus {
        code.isAboutTheLine || code == .damagedInput ? .badInput : .failure
    }

    /// As another process of this program ended.
    static func ended(_ code: Int32) -> ExitCode { ExitCode(code) }

    /// The status of a run that a signal ends; nil while none does.
    static var interruption: ExitStatus? {
        Interruption.signal.map { ExitStatus(rawValue: 128 + $0) ?? .interrupted }
    }
}

/// A place in the lines of an input, both numbers from 1.
struct InputPlace {
    let line: Int
    /// The column in bytes; nil if the line as a whole is meant.
    var column: Int?
}

/// A failure in words for the person at the terminal: what is wrong, and what to do.
struct CommandFailure: Error, CustomStringConvertible {
    let message: String
    let status: ExitStatus
    /// The error behind it, whose fields are printed with `--json`.
    let cause: HansardError?
    /// The line at fault, printed with `--json`.
    let place: InputPlace?

    init(
        _ message: String, status: ExitStatus = .failure, cause: HansardError? = nil,
        place: InputPlace? = nil
    ) {
        self.message = message
        self.status = status
        self.cause = cause
        self.place = place
    }

    /// A failure because the thing asked for does not exist.
    ///
    /// - Parameter position: of the event that took it away, or the last one there is.
    static func notFound(_ message: String, at position: Position? = nil) -> CommandFailure {
        CommandFailure(message, cause: HansardError(.notFound, message, position: position))
    }

    var description: String { message }
}
