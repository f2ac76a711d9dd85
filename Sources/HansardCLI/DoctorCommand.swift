import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check a store and its system, and give advice.",
        discussion: """
            Each check ends as ok, warn (it works, but look at it) or fail (somebody must act). \
            The verb changes nothing. It runs while the store is in use, and also if the store \
            can't be opened. 'hansard verify' checks every event.

            CHECKS
              files        exist, and belong to one user who can read and write them
              file system  is local and writable
              disk space   is enough for another index
              left-overs   interrupted work left nothing
              log, index   can be opened
              projections  are current, and none has stopped
              lag          few events are missing from the index
              readers      no process keeps an old snapshot
              clock        agrees with the recorded times
              dictionary   the log has one
              key          can sign
              checkpoint   is sound, and the log continues it
              witness      a copy of the checkpoint is outside the store
              limits       allow enough files, address space and memory

            EXIT STATUS
              0  no check failed
              2  a check failed

            EXAMPLES
              hansard doctor
              hansard doctor --json | jq 'select(.verdict != "ok")'
            """)

    @OptionGroup var store: AppendingStoreOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: .hidden)
    var inProcess = false

    /// In a process of its own: following damaged pages can end the process that does.
    func run() throws {
        guard !inProcess, let program = ChildProcess.executablePath else { return try check() }
        let arguments = Array(CommandLine.arguments.dropFirst()) + ["--in-process"]
        switch try ChildProcess.run(program, arguments) {
        case .exited(0): return
        case .exited(let code): throw ExitStatus.ended(code)
        case .killed(let signal): try tell([crashed(signal)])
        }
    }

    private func crashed(_ signal: Int32) -> DoctorCheck {
        .fail(
            "pages",
            "reading the store ended with signal \(signal), because pages of the log or the "
                + "index are damaged",
            "run 'hansard verify' to find the damaged file; 'hansard rebuild' replaces an index")
    }

    private func check() throws {
        let examination = Chat.examine(try store.path(), settings: store.settings)
        let head = (try? examination.log.get())?.head ?? .zero
        var checks =
            FileChecks(examination: examination, userID: ProcessIdentity.effectiveUserID).all
            + StateChecks(examination: examination).all
        if let proofs = examination.proofs {
            checks += ProofChecks(proofs: proofs, head: head, now: examination.examinedAt).all
        }
        checks += ProcessChecks.current.all
        try tell(checks)
    }

    private func tell(_ checks: [DoctorCheck]) throws {
        let failed = checks.filter { $0.verdict == .fail }.count
        try Output.with { out in
            for check in checks {
                if output.json {
                    try out.line(check.record())
                } else {
                    for line in check.lines(.output) { try out.line(line) }
                }
            }
        }
        if failed > 0 {
            throw CommandFailure(
                "\(Figures.counted(failed, "check")) failed, see above", status: .damage)
        }
    }
}
