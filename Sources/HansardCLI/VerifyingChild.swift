import Bindings

/// Runs `verify` in a process of its own: LMDB has no checksums, and following damaged pages can
/// end the process that does.
struct VerifyingChild {
    let program: String

    /// Ends as the child did; a crash is damage.
    func run(_ arguments: [String]) throws {
        Interruption.watch()
        switch try run(program, arguments + ["--in-process"]) {
        case .exited(0): return
        case .exited(let code):
            // The child says what it was stopped at; whoever asked is told by the status.
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
        let log = try run(program, arguments + ["--in-process", "--log-only", "--quiet"])
        if let ending = ExitStatus.interruption {
            return CommandFailure("interrupted while looking for the damage", status: ending)
        }
        if log == .exited(0) {
            return CommandFailure(
                "reading the index ended with signal \(signal): its pages are damaged. The log is "
                    + "sound: run 'hansard rebuild'",
                status: .damage)
        }
        return CommandFailure(
            "reading the log ended with signal \(signal): its pages are damaged. Keep a copy of the "
                + "store as it is and restore it from a backup",
            status: .damage)
    }
}
