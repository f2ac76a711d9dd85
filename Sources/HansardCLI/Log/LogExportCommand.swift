import ArgumentParser
import Bindings
import Hansard
import HansardChat
import Records

struct LogExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the log as JSON Lines, with every field.",
        discussion: """
            A line that names the log, one for each event, and one that ends it and has the root of the \
            log's tree. Payloads are JSON; with --raw they are MessagePack in Base64, as they are stored, in \
            the shapes of the programs that wrote them. 'hansard log import' makes the same log of either.

            What redacted messages said is left out unless --show-redacted is given, which is recorded. An \
            export without it can be imported, but its events are then others: no root is in it, and proofs \
            and checkpoints of the old log do not hold for the new one.

            EXAMPLES
              hansard log export --raw --output record.log.jsonl.zst
              hansard log export --from 88813 | jq -c '[.position, .type]'
              hansard log export --raw --show-redacted --reason 'move to another host' -o whole.jsonl
            """)

    @OptionGroup var store: StoreOptions
    @Flag(help: "Payloads as they are stored.")
    var raw = false
    @Option(help: ArgumentHelp("First event to write.", valueName: "position"))
    var from: UInt64 = 1
    @Option(
        help: ArgumentHelp("Last event to write. (default: the log's head)", valueName: "position"))
    var to: UInt64?
    @Flag(
        help: ArgumentHelp(
            "Also what redacted messages say. That it was shown, and to whom, is recorded."))
    var showRedacted = false
    @Option(help: ArgumentHelp("With --show-redacted: why, for the record.", valueName: "text"))
    var reason: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to a new file; .zst is compressed.", valueName: "file"),
        completion: .file())
    var output: String?
    @Flag(help: "Replace the file that --output names.")
    var force = false
    @Flag(help: "With --output, print a summary as JSON. The lines are JSON anyway.")
    var json = false
    @Flag(name: .shortAndLong, help: "No progress, and no summary.")
    var quiet = false

    func validate() throws {
        if from == 0 { throw ValidationError("--from must be 1 or more: positions begin at 1.") }
        if let to, to < from { throw ValidationError("--to \(to) is before --from \(from).") }
        if force && output == nil { throw ValidationError("--force is for --output FILE.") }
        if reason != nil && !showRedacted {
            throw ValidationError("--reason is for --show-redacted.")
        }
    }

    func run() throws {
        if let output, !force, FileSystem.exists(output) {
            throw CommandFailure("\(output) exists: name another file, or replace it with --force")
        }
        if showRedacted { try record() }
        let log = try store.openLog()
        var exporter = try self.exporter(log)
        Interruption.watch()
        if let output { return try write(&exporter, to: output) }
        try Output.with { out in
            try exporter.run(from: Position(from), through: to.map { Position($0) }) { lines, _ in
                try out.write(lines)
                if let ending = ExitStatus.interruption {
                    try out.flush()
                    throw CommandFailure(
                        "interrupted: what was written is no whole export", status: ending)
                }
            }
        }
        sayHidden(exporter)
    }

    private func exporter(_ log: LogReader) throws -> LogExporter {
        if showRedacted { return LogExporter(log, isRaw: raw, hidden: nil) }
        let redactions = try Redactions(of: log, through: try log.head())
        return LogExporter(log, isRaw: raw) { redactions.blanked($0) }
    }

    /// The act stands in the log before anything is shown.
    private func record() throws {
        let chat = try store.openForWriting()
        _ = try chat.performBlocking(
            .showAllRedacted(reason: reason), as: ActingOptions.operatorOnly)
        chat.store.closeAfterAppending()
    }

    private func sayHidden(_ exporter: LogExporter) {
        if quiet { return }
        if exporter.hiddenCount > 0 {
            Diagnostics.say(
                "what redacted messages said was left out of "
                    + "\(Figures.counted(exporter.hiddenCount, "event")): a log made of this has "
                    + "another tree, for which no proof or checkpoint of this one holds. "
                    + "--show-redacted writes everything, and is recorded")
        }
        if exporter.changedCount > 0 {
            Diagnostics.say(
                "\(Figures.counted(exporter.changedCount, "event")) of older shapes were written in "
                    + "today's: a log made of this has another tree; --raw writes them as they are")
        }
    }

    private func write(_ exporter: inout LogExporter, to path: String) throws {
        let status = StatusLine(isQuiet: quiet || json)
        var file = try ExportFile.create(path: path)
        do {
            try exporter.run(from: Position(from), through: to.map { Position($0) }) {
                lines, through in
                if let ending = ExitStatus.interruption {
                    throw CommandFailure("interrupted: \(path) was not written", status: ending)
                }
                try file.write(lines)
                status.show { "\(path): up to event \(Figures.grouped(Int(through.rawValue)))" }
            }
            try file.finish()
        } catch {
            status.clear()
            file.discard()
            throw error
        }
        status.clear()
        sayHidden(exporter)
        try report(exporter, path)
    }

    private func report(_ exporter: LogExporter, _ path: String) throws {
        if json {
            return try Output.with {
                try $0.line(
                    Record([
                        ("path", .string(path)),
                        ("events", .integer(Int64(exporter.eventsCount))),
                        ("hidden", .integer(Int64(exporter.hiddenCount))),
                        ("changed", .integer(Int64(exporter.changedCount))),
                    ]))
            }
        }
        if quiet { return }
        Diagnostics.write(
            "wrote \(Figures.counted(exporter.eventsCount, "event")) to \(Printable.line(path))\n")
    }
}
