import Hansard
import HansardBindings

/// Runs `verify` in a process of its own: LMDB has no checksums, and following damaged pages can
/// end the process that does.
struct VerifyingChild {
    let program: String
    /// Called with what was found when the child could not say, before the error is thrown.
    let tellDamage: (HansardError) throws -> Void

    /// Ends as the child did; a crash is damage.
    func run(_ arguments: [String]) throws {
        Interruption.watch()
        switch try run(program, arguments + ["--in-process"]) {
        case .exited(0): return
        case .exited(let code):
            // The child says what it was stopped at; the status tells the caller.
            if let ending = ExitStatus.interruption, code == ExitStatus.terminated.rawValue {
                throw ending.code
            }
            throw ExitStatus.ended(code)
        case .killed(let signal):
            if let ending = ExitStatus.interruption { throw ending.code }
            throw try crashed(signal, arguments)
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws -> ChildProcess.Ending {
        try ChildProcess.run(program, arguments, passesOnInterruption: true)
    }

    /// Finds out which of the two files is to blame.
    private func crashed(_ signal: Int32, _ arguments: [String]) throws -> CommandFailure {
        let log = try run(program, arguments + ["--in-process", "--log-only", "--damage-only"])
        if let ending = ExitStatus.interruption {
            return CommandFailure("interrupted while looking for the damage", status: ending)
        }
        let found =
            log == .exited(0)
            ? HansardError(
                .damagedFile,
                "reading the index ended with signal \(signal): its pages are damaged, and the log is "
                    + "sound",
                advice: .rebuild)
            : HansardError(
                .damagedFile, "reading the log ended with signal \(signal): its pages are damaged",
                advice: .keepCopyAndRestore)
        // The child has already reported the damage of a log it named.
        if log != .exited(ExitStatus.damage.rawValue) { try tellDamage(found) }
        return CommandFailure(ErrorText.of(found), status: .damage, cause: found)
    }
}
