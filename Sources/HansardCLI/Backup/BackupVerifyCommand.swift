import ArgumentParser
import Hansard
import HansardBindings
import HansardRecords

struct BackupVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read a whole backup and check every block.",
        discussion: """
            The store itself is not needed.

            CHECKS
              every block of segments and full copies matches its checksum
              no segment is missing, and each follows the one before it
              checkpoints and dictionaries are sound
              the events are the signed ones

            EXIT STATUS
              0  the backup is sound
              2  something is damaged or missing

            EXAMPLES
              hansard backup verify /backup/record
            """)

    @Argument(
        help: ArgumentHelp("The backup's directory.", valueName: "dir"), completion: .directory)
    var directory: String
    @Flag(name: .shortAndLong, help: "Print only damage, without progress.")
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
                    "interrupted after event \(Figures.grouped(Int(through.rawValue))); nothing was "
                        + "changed. Run it again to check from the first event",
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
                "the backup is damaged; see above for each file and the advice. Events up to "
                    + "\(check.soundThrough) can be restored\(copy ?? ""). If the log still exists, back "
                    + "it up to a new directory",
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
