import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardProjections
import HansardRecords

struct LogImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a new store from an exported log.",
        discussion: """
            Reads the output of 'hansard log export', plain or .zst. Events keep their positions, \
            ids, times, revisions and payloads. The new log's tree therefore has the old log's \
            root, which is checked. The new store is a log of its own that records its origin.

            Missing, repeated and misplaced lines are reported. A changed line is detected by its \
            own fields, by the root, or by the checksum in the last line. If the import fails or \
            is interrupted, there is no new store.

            EXAMPLES
              hansard log import record.log.jsonl.zst --into ~/record
              ssh other hansard log export --raw | hansard log import - --into ~/record
            """)

    @Argument(help: "The file to read; '-' is standard input.", completion: .file())
    var file: String
    @Option(
        help: ArgumentHelp(
            "The new store's directory; it is empty or does not exist.", valueName: "new"),
        completion: .directory)
    var into: String
    @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if into.isEmpty { throw ValidationError("--into names the new store's directory.") }
    }

    func run() throws {
        Interruption.watch()
        let status = StatusLine(isQuiet: quiet || output.json)
        let settings = ChatUpcasters.added(to: Store.Settings())
        let target = LogImport(
            into: into, units: ChatUnits.all, actor: ActingOptions.operatorName,
            settings: settings)
        let report: LogImportReport
        do {
            let source =
                file == "-" ? ImportSource.standardInput() : try ImportSource(path: file)
            var chunks = try source.chunks(
                recordBytesMax: settings.eventBytesMax * 2,
                isStopped: { Interruption.signal != nil })
            report = try target.run(
                isCancelled: { Interruption.signal != nil },
                progress: { done in
                    status.show { "imported up to event \(Figures.grouped(Int(done.rawValue)))" }
                }
            ) {
                do { return try chunks.next()?.logLines() } catch let error as HansardError
                    where error.code == .damagedInput
                {
                    throw error.with(code: .damagedExport)
                }
            }
        } catch {
            status.clear()
            throw failure(error)
        }
        status.clear()
        if output.json { return try Output.with { try $0.line(try report.record(path: into)) } }
        if !quiet { for line in report.lines { Diagnostics.write(line + "\n") } }
    }

    private func failure(_ error: any Error) -> any Error {
        guard let error = error as? HansardError else { return error }
        if let ending = ExitStatus.interruption {
            return CommandFailure(
                "interrupted: there is no new store, and the unfinished one was removed",
                status: ending)
        }
        let isInput = [.damagedExport, .logForked, .newerFormat].contains(error.code)
        let name = file == "-" ? "standard input" : file
        return isInput
            ? CommandFailure(
                "\(name): \(ErrorText.of(error)). There is no new store", status: .badInput,
                cause: error) : error
    }
}

extension LineChunk {
    /// - Throws: `HansardError` (`damagedExport`) for a line too long to be held.
    fileprivate func logLines() throws -> LogLines {
        if let oversizedBytes {
            throw HansardError(
                .damagedExport,
                "line \(firstLine): it has \(oversizedBytes) bytes, which is too many")
        }
        return LogLines(first: firstLine, bytes: bytes)
    }
}

extension LogImportReport {
    fileprivate var lines: [String] {
        [
            "imported \(Figures.counted(Int(position.rawValue), "event")) in "
                + "\(Figures.tenths(duration.inSeconds)) s (\(Figures.grouped(Int(eventsPerSecond)))/s)",
            isSame
                ? "its tree equals the exported log's: the events are the same, byte for byte"
                : "its tree differs from the exported log's, because the export left out text or "
                    + "changed shapes",
            "the new log is \(logID), imported from \(importedFrom)",
        ]
    }

    fileprivate func record(path: String) throws -> Record {
        try Record([
            ("path", .string(path)), ("log_id", .string(logID)),
            ("imported_from", .string(importedFrom)),
            ("position", .integer(Int64(position.rawValue))), ("same_tree", .bool(isSame)),
            ("seconds", Figures.seconds(duration)),
            ("events_per_second", .double(eventsPerSecond.rounded())),
        ])
    }
}
