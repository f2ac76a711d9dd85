import ArgumentParser
import Hansard
import HansardBindings
import HansardRecords

struct BackupVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read a backup whole, and check every block.",
        discussion: """
            Checks every block of segments and full copies, that segments follow each other, and that none \
            is missing; that checkpoints and dictionaries are sound, and that the events are those that were \
            signed. The store it was made from is not needed.

            Exit status: 0 when all is sound, 2 when something is damaged or missing.

            EXAMPLES
              hansard backup verify /backup/record
            """)

    @Argument(
        help: ArgumentHelp("The backup's directory.", valueName: "dir"), completion: .directory)
    var directory: String
    @Flag(name: .shortAndLong, help: "No progress; print damage alone.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        Interruption.watch()
        let status = StatusLine(isQuiet: quiet || output.json)
        let check: BackupCheck
        var through = Position.zero
        do {
            check = try BackupList(directory).verify(
                isCancelled: { Interruption.signal != nil },
                progress: { last in
                    through = last
                    status.show { "sound up to event \(Figures.grouped(Int(last.rawValue)))" }
                })
        } catch {
            status.clear()
            if let ending = ExitStatus.interruption, error.code == .cancelled {
                throw CommandFailure(
                    "interrupted when it had checked up to event "
                        + "\(Figures.grouped(Int(through.rawValue))); nothing was changed. Run it again: it "
                        + "begins with the first event",
                    status: ending)
            }
            if error.code == .damagedBackup {
                throw CommandFailure(ErrorText.of(error), status: .damage, cause: error)
            }
            throw error
        }
        status.clear()
        try tell(check)
    }

    private func tell(_ check: BackupCheck) throws {
        try Output.with { out in
            if output.json { return try out.line(try check.record()) }
            for problem in check.problems {
                try out.line(
                    Style.output.warning("damage: ") + Printable.line(ErrorText.of(problem)))
            }
            if check.isSound && quiet { return }
            let events = Figures.counted(check.eventsCount, "event")
            let size = Figures.bytes(check.bytesCount)
            try out.line(
                check.isSound
                    ? "sound: \(events), \(size)" : "sound up to event \(check.soundThrough)")
        }
        if !check.isSound {
            let copy = check.soundCopy.map {
                "; the full copy \($0.path) is sound up to event \($0.through): restore from that directory"
            }
            throw CommandFailure(
                "the backup is damaged: see above for each file, what it means and what to do. Events up to "
                    + "\(check.soundThrough) can be restored\(copy ?? ""); if the log still is there, a "
                    + "backup to a new directory is whole",
                status: .damage)
        }
    }
}

extension BackupCheck {
    fileprivate func record() throws -> Record {
        try Record([
            ("sound", .bool(isSound)),
            ("log_id", .string(logID)),
            ("sound_through", .integer(Int64(soundThrough.rawValue))),
            ("events", .integer(Int64(eventsCount))),
            ("bytes", .integer(Int64(bytesCount))),
            ("problems", .array(problems.map { .string(ErrorText.of($0)) })),
            ("sound_copy", soundCopy.map { .string($0.path) } ?? .null),
            (
                "sound_copy_through",
                soundCopy.map { .integer(Int64($0.through.rawValue)) } ?? .null
            ),
        ])
    }
}
