import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export the chat's mutations as JSON Lines, in the log's order.",
        discussion: """
            The lines have the shape that 'hansard import' reads: 'op' first, then the fields as \
            they were given. Without --output, they go to standard output. An output file is \
            complete or does not exist. It is compressed if its name ends in .zst.

            EXAMPLES
              hansard export | head
              hansard export --output record.jsonl.zst
              hansard export --from 88813 >> record.jsonl
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var export: ExportOptions

    func run() throws {
        try export.checkOutput()
        let log = try store.openLog()
        try export.checkRange(head: try log.head())
        Interruption.watch()
        try DamagedEvent.advising(export.advice) {
            try export.beforeWriting {
                if let output = export.output { try write(log, to: output) } else { try print(log) }
            }
        }
    }

    private func print(_ log: LogReader) throws {
        var exporter = Exporter(log, redactedMessages: store.redactedMessages)
        try export.print(advice: { "--from \($0) continues there" }) { take in
            try run(&exporter, take)
        }
        sayLeftOut(exporter)
    }

    @discardableResult
    private func run(
        _ exporter: inout Exporter, _ take: ([UInt8], Position) throws -> Void
    ) throws -> Int {
        defer { DamagedEvent.warnOfText(unreadable: exporter.unreadable) }
        return try exporter.run(
            from: export.first, through: export.last,
            isCancelled: { Interruption.signal != nil }
        ) {
            try take($0, $1)
            return true
        }
    }

    private func sayLeftOut(_ exporter: Exporter) {
        if exporter.leftOutCount == 0 || export.quiet { return }
        Diagnostics.say(
            exporter.leftOutCount == 1
                ? "left out 1 event that is not a mutation of the chat: 'hansard events --json' has it"
                : "left out \(Figures.grouped(exporter.leftOutCount)) events that are not mutations of the "
                    + "chat: 'hansard events --json' has them")
    }

    private func write(_ log: LogReader, to path: String) throws {
        var exporter = Exporter(log, redactedMessages: store.redactedMessages)
        var count = 0
        try export.write(to: path) { take in
            count = try run(&exporter, take)
        }
        sayLeftOut(exporter)
        try report(count, path)
    }

    private func report(_ count: Int, _ path: String) throws {
        if export.json {
            try Output.with {
                try $0.line(Record([("path", .string(path)), ("events", .integer(Int64(count)))]))
            }
        } else if !export.quiet {
            Diagnostics.write(
                "wrote \(Figures.counted(count, "event")) to \(Printable.line(path))\n")
        }
    }
}
