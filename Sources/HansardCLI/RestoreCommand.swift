import ArgumentParser
import Hansard
import HansardBindings
import HansardProjections
import HansardRecords

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a new store from a backup.",
        discussion: """
            Restores all, or exactly up to an event or a moment: with the same positions, recorded times and \
            ids, and the index built. The new store is a log of its own that records what it was restored \
            from. The backup is only read, and so is nothing else: the store it was made from is not needed. \
            DIR may also be one of a backup's full copies, DIR/full/NAME.

            The events are compared with the checkpoints that were signed of them. Where the next one lies \
            behind the last event restored, the backup is read on to it. Events that are not those signed \
            are refused; a checkpoint that is damaged or missing is a warning.

            Interrupted at any point there is no new store; a directory NEW.restoring, which a kill leaves, \
            is removed by the next restore to the same place.

            EXAMPLES
              hansard restore /backup/record --into ~/record
              hansard restore /backup/record --into ~/before --to-position 88812
              hansard restore /backup/record --into ~/before --to-time 2025-03-03T07:00:00Z
            """)

    @Argument(
        help: ArgumentHelp("The backup's directory.", valueName: "dir"), completion: .directory)
    var directory: String
    @Option(
        help: ArgumentHelp("The new store: empty, or not there yet.", valueName: "new"),
        completion: .directory)
    var into: String
    @Option(help: ArgumentHelp("The last event to restore.", valueName: "position"))
    var toPosition: UInt64?
    @Option(
        help: ArgumentHelp(
            "Restore what had been recorded by then: \(GivenTime.help).", valueName: "time"))
    var toTime: String?
    @Option(
        help: ArgumentHelp(
            "A secret key to sign with, as keys/signing.key of the old store. (default: a new one)",
            valueName: "file"), completion: .file())
    var key: String?
    @Flag(name: .shortAndLong, help: "No progress, and no summary.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if toPosition == 0 { throw ValidationError("--to-position is 1 or more.") }
        if toPosition != nil && toTime != nil {
            throw ValidationError("--to-position and --to-time exclude each other.")
        }
        if into.isEmpty { throw ValidationError("--into names the new store's directory.") }
        _ = try target()
    }

    private func target() throws -> RestoreTarget {
        if let toPosition { return .position(Position(toPosition)) }
        if let toTime {
            return .time(try GivenTime.microseconds(toTime, option: "--to-time"))
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
                "interrupted: there is no new store, what was written was removed", status: ending)
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
            + "\(Figures.tenths(seconds)) s (\(Figures.grouped(Int(eventsPerSecond)))/s)"
        if position > .zero { text += ", the last recorded \(RecordedTime.text(recordedAt))" }
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
                ? "no checkpoint of them was signed, so nothing was compared with one"
                : "NOTHING WAS PROVED, see the warnings: no signed checkpoint vouches for these events"
        }
        let names =
            "events up to \(Figures.grouped(Int(provedThrough.rawValue))) are those that were "
            + "signed, as the checkpoint of \(Figures.counted(Int(provedBy.rawValue), "event")) proves"
        return provedThrough == position ? names : names + "; no checkpoint vouches for those after"
    }

    fileprivate func record(path: String) throws -> Record {
        try Record([
            ("path", .string(path)),
            ("log_id", .string(logID)),
            ("restored_from", ancestry.last.map { .string($0.logID) } ?? .null),
            ("position", .integer(Int64(position.rawValue))),
            ("recorded_at", position > .zero ? .string(RecordedTime.text(recordedAt)) : .null),
            ("backup_through", .integer(Int64(backupThrough.rawValue))),
            ("proved_through", provedThrough.map { .integer(Int64($0.rawValue)) } ?? .null),
            ("proved_by", provedBy.map { .integer(Int64($0.rawValue)) } ?? .null),
            ("warnings", .array(warnings.map { .string(ErrorText.of($0)) })),
            ("next_recorded_at", time(moment?.nextAt)),
            ("clamped_near", moment.map { .integer(Int64($0.clampedCount)) } ?? .null),
            ("seconds", .double((seconds * 1e6).rounded() / 1e6)),
            ("events_per_second", .double(eventsPerSecond.rounded())),
        ])
    }

    private func time(_ microseconds: Int64?) -> Value {
        microseconds.map { .string(RecordedTime.text($0)) } ?? .null
    }
}

extension RestoreMoment {
    fileprivate var lines: [String] {
        var text =
            "\(RecordedTime.text(moment)) is event \(position), recorded "
            + RecordedTime.text(recordedAt)
        text +=
            nextAt.map { "; the next was recorded \(RecordedTime.text($0))" }
            ?? "; it is the last of the backup"
        var lines = [text]
        if clampedCount > 0 {
            lines.append(
                "the clock had been set back near then: the recorded times of "
                    + "\(Figures.counted(clampedCount, "event")) are up to "
                    + "\(Figures.tenths(Double(clockBehind) / 1e6)) s ahead of it; see clock_at in "
                    + "'hansard events --json', and restore to a position if it matters")
        }
        return lines
    }
}
