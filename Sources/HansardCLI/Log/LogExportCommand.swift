import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardProjections
import HansardRecords

struct LogExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the log as JSON Lines, with every field.",
        discussion: """
            The first line names the log. Each following line is one event, and the last line has \
            the root of the log's tree. Payloads are JSON. With --raw, they are MessagePack in \
            Base64, as stored, in the shapes of the programs that wrote them. 'hansard log import' \
            reads both forms.

            The text of redacted messages is left out unless --show-redacted is given, which is \
            recorded. An export without the text can be imported, but its events differ. It has no \
            root, and proofs and checkpoints of the old log do not hold for the new one.

            EXAMPLES
              hansard log export --raw --output record.log.jsonl.zst
              hansard log export --from 88813 | jq -c '[.position, .type]'
              hansard log export --raw --show-redacted -o whole.jsonl \\
                  --reason 'move to another host'
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Flag(help: "Write payloads as they are stored.")
    var raw = false
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var export: ExportOptions

    func run() throws {
        try export.checkOutput()
        let shownThrough = showing.showRedacted ? try record() : .zero
        let log = try store.openLog()
        try export.checkRange(head: try log.head())
        Interruption.watch()
        var exporter = try export.beforeWriting {
            try self.exporter(log, shownThrough: shownThrough)
        }
        try DamagedEvent.advising(export.advice) {
            if let output = export.output { return try write(&exporter, to: output) }
            try print(&exporter)
        }
    }

    private func print(_ exporter: inout LogExporter) throws {
        try export.print(advice: { _ in "the output is not a complete export; run it again" }) {
            take in
            try exporter.run(from: export.first, through: export.last) { try take($0, $1) }
        }
        sayHidden(exporter)
    }

    /// - Parameter shownThrough: what was redacted later is left out: nothing says it was shown.
    private func exporter(_ log: LogReader, shownThrough: Position) throws -> LogExporter {
        let head = try log.head()
        var redactions = try Redactions(
            of: log, after: shownThrough, through: head,
            isCancelled: { Interruption.signal != nil })
        if redactions.unreadable != nil, !showing.showRedacted {
            if let known = store.redactedMessages() {
                redactions.add(known: known)
            } else {
                DamagedEvent.warnOfText(unreadable: redactions.unreadable)
            }
        }
        if showing.showRedacted && redactions.count == 0 {
            return LogExporter(log, isRaw: raw, through: head, hidden: nil)
        }
        return LogExporter(log, isRaw: raw, through: head) { redactions.exported($0) }
    }

    /// The act is in the log before anything is shown. Answers with its place: it covers what
    /// was redacted before.
    private func record() throws -> Position {
        let chat = try store.openForWriting()
        let head = try chat.read { $0.position }
        try export.checkRange(head: head)
        // Behind the head nothing is shown.
        var act = Position.zero
        if export.first <= head {
            act = try chat.performBlocking(
                .showAllRedacted(
                    from: export.first, through: export.last, reason: showing.reason),
                as: showing.acting.provenance)
        }
        chat.store.closeAfterAppending()
        return act
    }

    private func sayHidden(_ exporter: LogExporter) {
        if export.quiet { return }
        if exporter.hiddenCount > 0 {
            Diagnostics.say(
                "the text of redacted messages was left out of "
                    + "\(Figures.counted(exporter.hiddenCount, "event")). A log made of this export has "
                    + "another tree, so proofs and checkpoints of this log do not hold for it. "
                    + "--show-redacted writes everything, and is recorded")
        }
        if exporter.changedCount > 0 {
            Diagnostics.say(
                "today's shape was written instead of the stored older one for "
                    + "\(Figures.counted(exporter.changedCount, "event")). A log made of this export has "
                    + "another tree; --raw writes each event as it is stored")
        }
    }

    private func write(_ exporter: inout LogExporter, to path: String) throws {
        try export.write(to: path) { take in
            try exporter.run(from: export.first, through: export.last) { try take($0, $1) }
        }
        sayHidden(exporter)
        try report(exporter, path)
    }

    private func report(_ exporter: LogExporter, _ path: String) throws {
        if export.json {
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
        if export.quiet { return }
        Diagnostics.write(
            "wrote \(Figures.counted(exporter.eventsCount, "event")) to \(Printable.line(path))\n")
    }
}
