import ArgumentParser
import Hansard
import HansardBindings
import HansardProjections
import HansardRecords

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a new store from a backup.",
        discussion: """
            Restores all events, or those up to an event or a moment. Events keep their positions, \
            recorded times and ids, and the index is built. The new store is a log of its own that \
            records its origin. The backup is only read, and the old store is not needed. DIR may \
            also be a full copy of a backup, DIR/full/NAME.

            The events are compared with their signed checkpoints. If the next checkpoint covers \
            events after the last restored one, the restore reads the backup up to it. Events that \
            differ from the signed ones are refused. A damaged or missing checkpoint is a warning.

            If the restore is interrupted, there is no new store. A kill leaves the directory \
            NEW.restoring, and the next restore to the same place removes it.

            EXAMPLES
              hansard restore /backup/record --into ~/record
              hansard restore /backup/record --into ~/before --to-position 88812
              hansard restore /backup/record --into ~/before --to-time 2025-03-03T07:00:00Z
            """)

    @Argument(
        help: ArgumentHelp("The backup's directory.", valueName: "dir"), completion: .directory)
    var directory: String
    @Option(
        help: ArgumentHelp(
            "The new store's directory; it is empty or does not exist.", valueName: "new"),
        completion: .directory)
    var into: String
    @Option(help: ArgumentHelp("Position of the last event to restore.", valueName: "position"))
    var toPosition: UInt64?
    @Option(
        help: ArgumentHelp(
            "Restore the events recorded up to this time, written as \(GivenTime.help).",
            valueName: "time"))
    var toTime: String?
    @Option(
        help: ArgumentHelp(
            "Secret key to sign with, such as keys/signing.key of the old store. (default: a new one)",
            valueName: "file"), completion: .file())
    var key: String?
    @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if toPosition == 0 { throw ValidationError("--to-position must be 1 or more.") }
        if toPosition != nil && toTime != nil {
            throw ValidationError("--to-position can't be combined with --to-time.")
        }
        if into.isEmpty {
            throw ValidationError("--into is empty: name the new store's directory.")
        }
        _ = try target()
    }

    private func target() throws -> RestoreTarget {
        if let toPosition { return .position(Position(toPosition)) }
        if let toTime {
            return .time(try GivenTime.instant(toTime, option: "--to-time"))
        }
        return .end
    }

    func run() throws {
        let target = try target()
        Interruption.watch()
        let status = StatusLine(isQuiet: quiet || output.json)
        let restore = Restore(
            from: directory, into: into, units: ChatUnits.all, actor: ActingOptions.operatorName,
            keyFile: key)
        let report: RestoreReport
        do {
            report = try restore.run(
                to: target, isCancelled: { Interruption.signal != nil },
                progress: { progress in status.show { Self.text(progress) } })
        } catch {
            status.clear()
            guard let ending = ExitStatus.interruption, error.code == .cancelled else {
                throw error
            }
            throw CommandFailure(
                "interrupted: there is no new store, and the unfinished one was removed",
                status: ending)
        }
        status.clear()
        for warning in report.warnings {
            Diagnostics.write("warning: \(Printable.line(ErrorText.of(warning)))\n")
        }
        if output.json { return try Output.with { try $0.line(try report.record(path: into)) } }
        if !quiet { for line in report.lines { Diagnostics.write(line + "\n") } }
    }

    /// `writing log and index: 120,000 of 1,000,000 events, 250,000/s`
    private static func text(_ progress: RestoreProgress) -> String {
        "\(progress.phase.rawValue): \(Figures.grouped(progress.done)) of "
            + "\(Figures.counted(progress.total, "event")), "
            + "\(Figures.grouped(Int(progress.eventsPerSecond)))/s"
    }
}

extension RestoreReport {
    fileprivate var lines: [String] {
        var lines = moment.map { $0.lines } ?? []
        var text =
            "restored \(Figures.counted(Int(position.rawValue), "event")) in "
            + "\(Figures.tenths(duration.inSeconds)) s (\(Figures.grouped(Int(eventsPerSecond)))/s)"
        if let recordedAt { text += ", the last recorded \(recordedAt)" }
        lines.append(text)
        lines.append(proof)
        if let parent = ancestry.last {
            lines.append("the new log is \(logID), restored from \(parent.logID)")
        }
        return lines
    }

    private var proof: String {
        guard let provedThrough, let provedBy else {
            return warnings.isEmpty
                ? "these events have no signed checkpoint, so they were not compared with one"
                : "NOTHING WAS PROVED, see the warnings: no signed checkpoint covers these events"
        }
        let names =
            "the checkpoint of \(Figures.counted(Int(provedBy.rawValue), "event")) proves that events "
            + "up to \(Figures.grouped(Int(provedThrough.rawValue))) are the signed ones"
        return provedThrough == position ? names : names + "; no checkpoint covers the later ones"
    }

    fileprivate func record(path: String) throws -> Record {
        try Record([
            ("path", .string(path)),
            ("log_id", .string(logID)),
            ("restored_from", ancestry.last.map { .string($0.logID) } ?? .null),
            ("position", .integer(Int64(position.rawValue))),
            ("recorded_at", recordedAt.map { .string("\($0)") } ?? .null),
            ("backup_through", .integer(Int64(backupThrough.rawValue))),
            ("proved_through", provedThrough.map { .integer(Int64($0.rawValue)) } ?? .null),
            ("proved_by", provedBy.map { .integer(Int64($0.rawValue)) } ?? .null),
            ("warnings", .array(warnings.map { .string(ErrorText.of($0)) })),
            ("next_recorded_at", (moment?.nextAt).map { .string("\($0)") } ?? .null),
            ("clamped_near", moment.map { .integer(Int64($0.clampedCount)) } ?? .null),
            ("seconds", Figures.seconds(duration)),
            ("events_per_second", .double(eventsPerSecond.rounded())),
        ])
    }
}

extension RestoreMoment {
    fileprivate var lines: [String] {
        var text = "\(moment) is event \(position), recorded \(recordedAt)"
        text +=
            nextAt.map { "; the next was recorded \($0)" }
            ?? "; it is the last of the backup"
        var lines = [text]
        if clampedCount > 0 {
            lines.append(
                "the clock was set back near this time: the recorded times of "
                    + "\(Figures.counted(clampedCount, "event")) are up to "
                    + "\(Figures.tenths(clockBehind.inSeconds)) s ahead of it; see clock_at in "
                    + "'hansard events --json', and restore to a position if it matters")
        }
        return lines
    }
}
