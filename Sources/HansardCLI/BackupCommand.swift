import ArgumentParser
import Hansard
import HansardBindings
import HansardRecords

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Back up the log while the store is in use.",
        discussion: """
            'hansard backup DIR' writes the events that DIR lacks. Run it as often as you like, or \
            leave it running with --watch. If it is interrupted, the events written so far stay in \
            the backup. 'hansard restore' makes a store from a backup, up to any event or moment.

            DIR belongs to one log. A restored store is another log and needs a directory of its \
            own.

            With --full, the verb writes a complete copy under DIR/full instead. The copy shares \
            no file with the rest.

            EXAMPLES
              hansard backup /backup/record
              hansard backup /backup/record --watch
              hansard backup /backup/record --full --keep 5
              hansard backup list /backup/record
              hansard backup verify /backup/record
            """,
        subcommands: [
            BackupRunCommand.self, BackupListCommand.self, BackupVerifyCommand.self,
            BackupPruneCommand.self,
        ],
        defaultSubcommand: BackupRunCommand.self)
}

struct BackupRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Write the new events to a backup, as 'hansard backup DIR' does.",
        discussion: """
            EXAMPLES
              hansard backup run /backup/record
              hansard backup run /backup/record --full --keep 5 --json
            """)

    @Argument(
        help: ArgumentHelp("The backup's directory; it need not exist.", valueName: "dir"),
        completion: .directory)
    var directory: String
    @OptionGroup var store: StoreOptions
    @Flag(help: "Keep backing up new events, within a second, until Ctrl-C.")
    var watch = false
    @Flag(help: "Make a complete copy under DIR/full.")
    var full = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("With --full, the number of full copies to keep.", valueName: "n"))
    var keep: Int?
    @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if watch && full { throw ValidationError("--watch can't be combined with --full.") }
        if keep != nil && !full { throw ValidationError("--keep needs --full.") }
        if let keep, keep < 1 {
            throw ValidationError("--keep must be at least 1, because it counts the new copy.")
        }
    }

    func run() throws {
        var settings = Backup.Settings()
        settings.checkpointDirectory = store.settings.checkpointDirectory
        let backup = try Backup(ofStore: try store.path(), to: directory, settings: settings)
        Interruption.watch()
        let status = StatusLine(isQuiet: quiet || output.json)
        let report: BackupReport
        var last: BackupProgress?
        do {
            report = try run(backup, status) { last = $0 }
        } catch {
            status.clear()
            guard let ending = ExitStatus.interruption, error.code == .cancelled else {
                throw error
            }
            throw CommandFailure(
                full
                    ? "interrupted: the unfinished copy was removed, and other copies are unchanged"
                    : Self.interrupted(at: last), status: ending)
        }
        status.clear()
        for warning in report.warnings {
            Diagnostics.write("warning: \(Printable.line(ErrorText.of(warning)))\n")
        }
        if output.json {
            try Output.with { try $0.line(try report.record()) }
        } else if !quiet {
            Diagnostics.write(Printable.line(report.summary) + "\n")
        }
        if let ending = ExitStatus.interruption { throw ending.code }
    }

    private func run(
        _ backup: Backup, _ status: StatusLine, _ note: @escaping (BackupProgress) -> Void
    ) throws(HansardError) -> BackupReport {
        let isCancelled = { Interruption.signal != nil }
        if watch {
            return try backup.watch(isCancelled: isCancelled) { progress in
                status.show { "backed up to event \(Figures.grouped(Int(progress.done.rawValue)))" }
            }
        }
        let show = { (progress: BackupProgress) in
            if !progress.isComparing { note(progress) }
            status.show { Self.text(progress) }
        }
        if full {
            return try backup.full(
                keep: keep ?? Self.keepDefault, isCancelled: isCancelled, progress: show)
        }
        return try backup.run(isCancelled: isCancelled, progress: show)
    }

    private static let keepDefault = 5

    private static func interrupted(at last: BackupProgress?) -> String {
        let place =
            last.map { "the backup holds all events up to \(text($0))" }
            ?? "nothing new was written, and the backup is unchanged"
        return "interrupted: \(place); run it again to continue"
    }

    private static func text(_ progress: BackupProgress) -> String {
        (progress.isComparing ? "comparing with the signed checkpoints: " : "")
            + "event \(Figures.grouped(Int(progress.done.rawValue))) of "
            + Figures.grouped(Int(progress.total.rawValue))
    }
}

extension BackupReport {
    /// `1,000 new events in 0.1 s, 210.4 kB; backed up to event 88,812 of 2025-03-03T07:00:20Z`
    fileprivate var summary: String {
        var text =
            eventsCount == 0
            ? "nothing new"
            : "\(Figures.counted(eventsCount, "new event")) in "
                + "\(Figures.tenths(duration.inSeconds)) s, \(Figures.bytes(bytesCount))"
        if let fullCopy {
            text =
                "full copy \(fullCopy): \(Figures.counted(eventsCount, "event")) in "
                + "\(Figures.tenths(duration.inSeconds)) s, \(Figures.bytes(bytesCount))"
        }
        if let recordedAt {
            text += "; backed up to event \(Figures.grouped(Int(through.rawValue))), recorded "
            text += "\(recordedAt)"
        }
        if !removed.isEmpty { text += "; removed \(removed.joined(separator: ", "))" }
        return text
    }

    fileprivate func record() throws -> Record {
        try Record([
            ("through", .integer(Int64(through.rawValue))),
            ("recorded_at", recordedAt.map { .string("\($0)") } ?? .null),
            ("events", .integer(Int64(eventsCount))),
            ("bytes", .integer(Int64(bytesCount))),
            ("seconds", Figures.seconds(duration)),
            ("full_copy", fullCopy.map { .string($0) } ?? .null),
            ("removed", .array(removed.map { .string($0) })),
            ("warnings", .array(warnings.map { .string(ErrorText.of($0)) })),
        ])
    }
}
