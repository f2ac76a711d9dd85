import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what the store stands on, and say what to do.",
        discussion: """
            Looks at files and permissions, file system, disk space, left-overs, whether log and index open, \
            projections and their lag, readers, the clock, dictionaries, keys and checkpoints, limits of the process and versions. \
            Each check is ok, warn (it works; look at it) or fail (mend it). Changes nothing, works as far as \
            it can on a store that can't be opened, and may be run while the store is in use. Whether every \
            event is sound is for 'hansard verify' to say.

            Exit status: 0 when nothing failed, 2 when something did.

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
            "looking at the store ended with signal \(signal): pages of the log or of the "
                + "index are damaged",
            "'hansard verify' says of which; an index is mended by 'hansard rebuild'")
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
