import ArgumentParser
import Hansard
import HansardBindings
import HansardProjections
import HansardRecords

struct RebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Build the index again, beside the one in use.",
        discussion: """
            Reads the log once into a new generation of the index, and makes it live when it is \
            current. The present index is not needed, so it may be damaged or of another version.

            The store may be in use meanwhile. Programs that have it open continue with the old \
            generation, and then move to the new one by themselves. A program with other versions \
            of the projections stays on the old one until it is restarted.

            This program can't build units that other programs keep in the index ('foreign' in \
            'hansard projections'). It copies them without changes, and their programs continue \
            from there. An old generation stays if no other has its foreign units, whatever --keep \
            says.

            If the rebuild is interrupted, nothing has changed; run it again. It needs space for a \
            second index, and for as many old ones as --keep allows.

            EXAMPLES
              hansard rebuild
              hansard rebuild --keep 0        # keep no old generation
              hansard rebuild --json | jq .events_per_second
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Option(
        parsing: .unconditional,
        help: "Number of old generations to keep: the one that was live, then the newest.")
    var keep = 1
    @OptionGroup var foreign: ForeignUnitOptions
    @Flag(
        help: ArgumentHelp(
            "Build even if the log ends before events that were seen or signed. Use a copy of the "
                + "store, as docs/OPERATIONS.md says ('After an older log was put in place')."))
    var acceptRollback = false
    @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
    var quiet = false
    @OptionGroup var output: OutputOptions
    @Flag(help: .hidden)
    var lookOnly = false

    func validate() throws {
        try RebuildSession.check(keep: keep)
    }

    func run() throws {
        if lookOnly { return RebuildSession.look(at: try store.path()) }
        var session = RebuildSession(
            path: try store.path(), keep: keep, foreign: foreign, settings: store.settings)
        session.acceptsRollback = acceptRollback
        try session.runAndTell(isQuiet: quiet, json: output.json)
    }
}

/// One rebuild with its progress on the terminal and its way out by Ctrl-C.
struct RebuildSession {
    let path: String
    let keep: Int
    let foreign: ForeignUnitOptions
    let settings: Store.Settings
    var cause = OperatorAct.IndexSwapCause.rebuild
    var acceptsRollback = false

    static func check(keep: Int) throws {
        guard keep >= 0 else { throw ValidationError("--keep must be at least 0.") }
    }

    /// Rebuilds and says what came of it.
    func runAndTell(isQuiet: Bool, json: Bool) throws {
        let report = try run(isQuiet: isQuiet || json)
        if json { return try Output.with { try $0.line(try report.record()) } }
        if !isQuiet { Diagnostics.write(report.summary + "\n") }
    }

    /// Reads what a rebuild reads of the old index, in a process of its own: LMDB has no checksums,
    /// and following damaged pages can end the process that does.
    static func look(at path: String) {
        // What is wrong is for the rebuild to say; only whether this process lives counts.
        let rebuilder = try? Rebuilder(path: path, units: ChatUnits.all)
        try? rebuilder?.readForeignUnits()
    }

    private func canReadOldIndex() throws -> Bool {
        guard let program = ChildProcess.executablePath else { return true }
        let ending = try ChildProcess.run(program, ["rebuild", "--look-only", "--store", path])
        guard case .killed = ending else { return true }
        Diagnostics.write(
            "hansard: the index has damaged pages, so units of other programs are left out, and those "
                + "programs must build them again\n")
        return false
    }

    private func run(isQuiet: Bool) throws -> RebuildReport {
        let rebuilder = try Rebuilder(
            path: path, units: ChatUnits.all, keep: keep,
            keepsForeignUnits: !foreign.withoutForeignUnits,
            readsOldIndex: try canReadOldIndex(), acceptsRollback: acceptsRollback, cause: cause,
            actor: ActingOptions.operatorName,
            settings: ChatUpcasters.added(to: settings))
        Interruption.watch()
        let status = StatusLine(isQuiet: isQuiet)
        defer { status.clear() }
        do {
            return try rebuilder.run(isCancelled: { Interruption.signal != nil }) { progress in
                status.show { Self.text(progress) }
            }
        } catch {
            guard let ending = ExitStatus.interruption, error.code == .cancelled else {
                throw error
            }
            status.clear()
            throw CommandFailure(
                "interrupted: the index in use is unchanged; run the rebuild again",
                status: ending)
        }
    }

    /// `reading the log: 120,000 of 1,000,000 events, 250,000/s, 4 s left`
    private static func text(_ progress: RebuildProgress) -> String {
        var text =
            "\(progress.phase.rawValue): \(Figures.grouped(progress.done)) of "
            + "\(Figures.counted(progress.total, "event"))"
        guard progress.phase == .folding, progress.done > 0 else { return text }
        let left = Double(progress.total - progress.done) / progress.eventsPerSecond
        text += ", \(Figures.grouped(Int(progress.eventsPerSecond)))/s"
        return text + ", \(Figures.duration(seconds: left)) left"
    }
}

extension RebuildReport {
    /// `generation 2 is live: 88,812 events in 0.4 s (230,000/s), 6.1 MB`
    var summary: String {
        var text =
            "generation \(generation) is live: \(Figures.counted(eventsCount, "event")) in "
            + "\(Figures.tenths(duration.inSeconds)) s (\(Figures.grouped(Int(eventsPerSecond)))/s), "
        if let bytesBefore { text += "\(Figures.bytes(bytesBefore)) before, " }
        text += "\(Figures.bytes(bytesAfter)) now"
        if !removed.isEmpty {
            text += "; removed \(removed.map { "\($0)" }.joined(separator: ", "))"
        }
        if !carriedUnits.isEmpty {
            text += "; copied \(Self.quoted(carriedUnits)) of another program"
        }
        if !lostUnits.isEmpty {
            text += "; left out \(Self.quoted(lostUnits)) of another program"
        }
        if !keptForForeignUnits.isEmpty {
            let numbers = keptForForeignUnits.map { "\($0)" }.joined(separator: ", ")
            text +=
                "; kept \(numbers), because no other generation has its units of another program"
        }
        if let removalFailure {
            text +=
                "; an old generation could not be removed: \(Printable.line("\(removalFailure)"))"
        }
        return text
    }

    private static func quoted(_ units: [String]) -> String {
        units.map { "'\(Printable.line($0))'" }.joined(separator: ", ")
    }

    func record() throws -> Record {
        try Record([
            ("generation", .integer(Int64(generation))),
            ("previous", .integer(Int64(previous))),
            ("removed", .array(removed.map { .integer(Int64($0)) })),
            (
                "kept_for_foreign_units",
                .array(keptForForeignUnits.map { .integer(Int64($0)) })
            ),
            ("removal_failure", removalFailure.map { .string(ErrorText.of($0)) } ?? .null),
            ("foreign_units", .array(carriedUnits.map { .string($0) })),
            ("foreign_units_left_out", .array(lostUnits.map { .string($0) })),
            ("events", .integer(Int64(eventsCount))),
            ("seconds", Figures.seconds(duration)),
            ("events_per_second", .double(eventsPerSecond.rounded())),
            ("bytes_before", bytesBefore.map { .integer(Int64($0)) } ?? .null),
            ("bytes_after", .integer(Int64(bytesAfter))),
        ])
    }
}
