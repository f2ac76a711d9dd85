import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check the whole store, without changing it.",
        discussion: """
            The store may be in use meanwhile. A log that was cut, rolled back or replaced does \
            not continue its checkpoints. The replay needs about as much space in TMPDIR as the \
            index.

            CHECKS
              every event matches its checksum
              positions have no gaps, and revisions follow each other
              the index with the tail equals a replay of the log
              the log continues the latest signed checkpoint
              the log continues each checkpoint that --checkpoint names

            EXIT STATUS
              0   the store is sound
              1   the store could not be checked
              2   something is damaged
              65  a given checkpoint is of another log or signed by another key

            EXAMPLES
              hansard verify
              hansard verify --checkpoint /mnt/witness/record.checkpoint
              hansard verify --json | jq .problems
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Flag(name: .shortAndLong, help: "Print only damage, without progress.")
    var quiet = false
    @Flag(
        help: "Check each event of the log on its own, without the index and checkpoints.")
    var logOnly = false
    @Option(
        help: ArgumentHelp(
            "A checkpoint from outside the store, which the log must continue.", valueName: "file"),
        completion: .file())
    var checkpoint: [String] = []
    @Flag(help: .hidden)
    var inProcess = false
    @Flag(help: .hidden)
    var damageOnly = false

    func validate() throws {
        if logOnly && !checkpoint.isEmpty {
            throw ValidationError(
                "--log-only checks each event on its own, so it can't be combined with --checkpoint."
            )
        }
    }

    func run() throws {
        if inProcess {
            Interruption.leaveInterruptsToParent()
            return try check()
        }
        guard let program = ChildProcess.executablePath else { return try check() }
        let child = VerifyingChild(program: program) { found in
            try tellJSON(VerificationReport(damage: found))
        }
        try child.run(Array(CommandLine.arguments.dropFirst()))
    }

    private func check() throws {
        do {
            try checkOrStop()
        } catch let error as HansardError where error.code == .cancelled {
            guard let ending = ExitStatus.interruption else { throw error }
            throw CommandFailure(
                "interrupted: \(ErrorText.of(error)). Nothing was changed; run it again to check all",
                status: ending)
        }
    }

    /// From here on the check ends between two steps. Opening the store ends at once.
    private func watch() {
        if inProcess { Interruption.watchAsChild() } else { Interruption.watch() }
    }

    private func checkLog() throws -> VerificationReport {
        let log = try store.openLog()
        watch()
        return try log.check(isCancelled: { Interruption.signal != nil })
    }

    private func checkOrStop() throws {
        do {
            if logOnly { return try tell(checkLog()) }
            try checkAll()
        } catch let error as HansardError where error.code == .corruptEvent {
            // The store can't be opened for the first damaged event; the log alone names them all.
            guard let report = try logReport() else { throw try stopped(at: error) }
            if !report.isSound { return try tell(report) }
            throw try stopped(
                at: HansardError(
                    .corruptIndex,
                    "the log's events are sound, but the index can't continue from them at event "
                        + "\(error.position ?? .zero), because it is of another time or copy of "
                        + "the log; if a rebuild stops there too, restore from a backup",
                    advice: .rebuild, position: error.position))
        } catch let error as HansardError
            where [.otherLog, .untrustedKey, .invalidProof].contains(error.code)
        {
            // Only of what was given: the store's own are findings.
            throw CommandFailure(
                "nothing was checked: \(ErrorText.of(error))", status: .badInput, cause: error)
        } catch let error as HansardError where error.code == .damagedFile {
            throw try stopped(at: error, try damagedFile(error))
        } catch let error as HansardError
            where [.corruptIndex, .logRolledBack].contains(error.code)
        {
            throw try stopped(at: error)
        }
    }

    /// Damage that kept the rest from being checked: a report for programs has it as its problem.
    private func stopped(
        at error: HansardError, _ message: String? = nil
    ) throws -> CommandFailure {
        let damage = message.map { HansardError(error.code, $0, position: error.position) } ?? error
        try tellJSON(VerificationReport(damage: damage))
        return CommandFailure(ErrorText.of(damage), status: .damage, cause: error)
    }

    /// Nothing in words: there the error says all.
    private func tellJSON(_ report: VerificationReport) throws {
        guard output.json else { return }
        try Output.with { try $0.line(try record(report, isAdvised: true)) }
    }

    /// Which of the two files has the damaged page.
    private func damagedFile(_ error: HansardError) throws -> String {
        let page = error.underlying.map { " (\($0))" } ?? ""
        guard let log = try logReport() else {
            return
                "a page of the log is damaged\(page): keep a copy of the store as it is and restore it "
                + "from a backup"
        }
        if log.isSound {
            return
                "a page of the index is damaged\(page), and the log is sound: run 'hansard rebuild'"
        }
        try tell(log)
        return "the log is damaged\(page)"
    }

    /// Nil when the log alone can't be read either.
    private func logReport() throws -> VerificationReport? {
        do { return try checkLog() } catch let error as HansardError where error.code != .cancelled
        {
            return nil
        }
    }

    private func checkAll() throws {
        let store = try store.openForReading().store
        watch()
        let status = StatusLine(isQuiet: quiet || output.json)
        var verifier = Verifier(store) { progress in status.show { Self.text(progress) } }
        verifier.checkpointFiles = checkpoint
        verifier.isCancelled = { Interruption.signal != nil }
        let report: VerificationReport
        do { report = try verifier.run() } catch {
            status.clear()
            throw error
        }
        status.clear()
        try tell(report)
    }

    private func tell(_ report: VerificationReport) throws {
        if damageOnly && report.isSound { return }
        for why in report.checkpointsLeftOut {
            Diagnostics.write(
                "warning: not compared with the external copy: \(Printable.line(ErrorText.of(why)))\n"
            )
        }
        try Output.with { out in
            if output.json {
                try out.line(try record(report))
            } else {
                try write(report, Style.output, &out)
            }
        }
        if !report.isSound {
            throw CommandFailure(DamageAdvice(report.codes).text, status: .damage)
        }
    }

    /// Returns a problem in words; the advice on damaged events is given once, at the end.
    private static func text(_ problem: VerificationReport.Problem) -> String {
        problem.code == .corruptEvent ? problem.error.what : ErrorText.of(problem.error)
    }

    private static func text(_ progress: VerificationProgress) -> String {
        var text = "\(progress.phase): \(Figures.grouped(progress.done))"
        if let total = progress.total { text += " of \(Figures.grouped(total))" }
        return text
    }

    private func write(
        _ report: VerificationReport, _ style: Style, _ out: inout Output
    ) throws {
        for problem in report.problems {
            try out.line(style.warning("damage: ") + Printable.line(Self.text(problem)))
        }
        let unnamed = report.problemsCount - report.problems.count
        if unnamed > 0 { try out.line("… and \(Figures.grouped(unnamed)) more") }
        if report.isSound && quiet { return }
        let checked =
            "\(Figures.counted(report.eventsCount, "event")) up to position \(report.head)"
            + (report.isIndexCompared
                ? ", \(Figures.counted(report.rowsCount, "row")) of the index"
                : "; neither the index nor a checkpoint was compared")
        try out.line(report.isSound ? "sound: \(checked)" : "checked: \(checked)")
        if !report.unitsLeftOut.isEmpty {
            try out.line(
                "not compared: \(report.unitsLeftOut.joined(separator: ", ")), because the index does "
                    + "not have this program's version; run 'hansard rebuild'")
        }
        if let size = report.checkpointSizes.max() {
            try out.line("signed: the first \(Figures.counted(Int(size), "event"))")
        }
    }

    /// - Parameter isAdvised: whether problems say what to do about damaged events too.
    private func record(
        _ report: VerificationReport, isAdvised: Bool = false
    ) throws -> Record {
        try Record([
            ("sound", .bool(report.isSound)),
            ("head", .integer(Int64(report.head.rawValue))),
            ("events", .integer(Int64(report.eventsCount))),
            ("index_compared", .bool(report.isIndexCompared)),
            ("rows", .integer(Int64(report.rowsCount))),
            ("checkpoints", .array(report.checkpointSizes.map { .integer(Int64($0)) })),
            ("left_out", .array(report.unitsLeftOut.map { .string($0) })),
            (
                "checkpoints_left_out",
                .array(report.checkpointsLeftOut.map { .string(ErrorText.of($0)) })
            ),
            ("problems_count", .integer(Int64(report.problemsCount))),
            ("problems", .array(report.problems.map { value($0, isAdvised: isAdvised) })),
        ])
    }

    private func value(_ problem: VerificationReport.Problem, isAdvised: Bool) -> Value {
        .object([
            ("position", problem.position.map { .integer(Int64($0.rawValue)) } ?? .null),
            ("table", problem.table.map { .string($0) } ?? .null),
            ("code", .string(problem.code.rawValue)),
            ("message", .string(isAdvised ? ErrorText.of(problem.error) : Self.text(problem))),
        ])
    }
}
