import ArgumentParser
import Bindings
import Hansard
import HansardChat
import Records

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the log back as JSON Lines, in its order.",
        discussion: """
            The lines have the shape 'hansard import' reads, with 'op' first, field by field as they came. \
            Without --output they go to standard output. A file is there when it is complete, or not at all; \
            one whose name ends in .zst is compressed.

            EXAMPLES
              hansard export | head
              hansard export --output record.jsonl.zst
              hansard export --from 88813 >> record.jsonl
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("First event to write.", valueName: "position"))
    var from: UInt64 = 1
    @Option(
        help: ArgumentHelp("Last event to write. (default: the log's head)", valueName: "position"))
    var to: UInt64?
    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write to a new file.", valueName: "file"),
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
    }

    func run() throws {
        if let output, !force, FileSystem.exists(output) {
            throw CommandFailure("\(output) exists: name another file, or replace it with --force")
        }
        let log = try store.openLog()
        let head = try log.head()
        guard Position(from) <= head.next else {
            throw CommandFailure(
                "there is no event \(from): the log ends at \(head). Give --from a position of this log, "
                    + "or \(head.next) for what will come")
        }
        if let output { try write(log, to: output) } else { try print(log) }
    }

    private func print(_ log: LogReader) throws {
        Interruption.watch()
        var exporter = Exporter(log)
        try Output.with { out in
            try exporter.run(from: Position(from), through: to.map { Position($0) }) { lines, _ in
                try out.write(lines)
                if let ending = ExitStatus.interruption {
                    try out.flush()
                    throw CommandFailure("interrupted at the end of a line", status: ending)
                }
                return true
            }
        }
        sayLeftOut(exporter)
    }

    private func sayLeftOut(_ exporter: Exporter) {
        if exporter.leftOutCount == 0 || quiet { return }
        Diagnostics.say(
            "left out \(Figures.counted(exporter.leftOutCount, "event")) that are no mutations of the "
                + "chat: 'hansard events --json' has them")
    }

    private func write(_ log: LogReader, to path: String) throws {
        Interruption.watch()
        let status = StatusLine(isQuiet: quiet || json)
        var file = try ExportFile.create(path: path)
        var exporter = Exporter(log)
        let count: Int
        do {
            count = try exporter.run(
                from: Position(from), through: to.map { Position($0) }
            ) { lines, through in
                if let ending = ExitStatus.interruption {
                    throw CommandFailure("interrupted: \(path) was not written", status: ending)
                }
                try file.write(lines)
                status.show { "\(path): up to event \(Figures.grouped(Int(through.rawValue)))" }
                return true
            }
            try file.finish()
        } catch {
            status.clear()
            file.discard()
            throw error
        }
        status.clear()
        sayLeftOut(exporter)
        try report(count, path)
    }

    private func report(_ count: Int, _ path: String) throws {
        if json {
            try Output.with {
                try $0.line(Record([("path", .string(path)), ("events", .integer(Int64(count)))]))
            }
        } else if !quiet {
            Diagnostics.write(
                "wrote \(Figures.counted(count, "event")) to \(Printable.line(path))\n")
        }
    }
}
