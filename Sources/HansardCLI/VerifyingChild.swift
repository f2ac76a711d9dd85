import Bindings

/// Runs `verify` in a process of its own: LMDB has no checksums, and following damaged pages can
/// end the process that does.
struct VerifyingChild {
    let program: String

    /// Ends as the child did; a crash is damage.
    func run(_ arguments: [String]) throws {
        Interruption.watch()
        switch try ChildProcess.run(program, arguments + ["--in-process"]) {
        case .exited(0): return
        case .exited(let code): throw ExitStatus.ended(code)
        case .killed(let signal):
            if let ending = ExitStatus.interruption { throw ending.code }
            throw try crashed(signal, arguments)
        }
    }

    /// Finds out which of the two files is to blame.
    private func crashed(_ signal: Int32, _ arguments: [String]) throws -> CommandFailure {
        let log = try ChildProcess.run(
            program, arguments + ["--in-process", "--log-only", "--quiet"])
        if log == .exited(0) {
            return CommandFailure(
                "reading the index ended with signal \(signal): its pages are damaged (or TMPDIR, "
                    + "where the replay is kept, is full). The log is sound: run 'hansard "
                    + "rebuild'",
                status: .damage)
        }
        return CommandFailure(
            "reading the log ended with signal \(signal): its pages are damaged. Keep a copy of the "
                + "store as it is and restore it from a backup",
            status: .damage)
    }
}
