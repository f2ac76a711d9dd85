import ArgumentParser
import Hansard
import HansardChat
import Records

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Every event that touched a record: who, when, why, and what changed.",
        discussion: """
            Oldest first, through all its lives. A session's history has its own events; 'hansard events \
            --stream session/ID' has those of its messages too. With --json each line is an event as 'hansard \
            events --json' prints it, under "event", and "changes": the fields before and after.

            EXAMPLES
              hansard history message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead
              hansard history agent chloe --json | jq -c .changes
            """)

    @OptionGroup var store: StoreOptions
    @Argument(
        help: ArgumentHelp("agent, session, message, context or task.", valueName: "kind"),
        completion: .list(RecordKind.allCases.map(\.rawValue)))
    var kind: String
    @Argument(help: ArgumentHelp("Its id.", valueName: "id"))
    var id: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let kind = RecordKind(rawValue: kind) else {
            throw ValidationError(
                "'\(kind)' has no history: it is agent, session, message, context or task.")
        }
        let identifier = try GivenID.identifier(id)
        let entries = try store.openForReading().read { try $0.changes(of: kind, identifier) }
        if entries.isEmpty { throw CommandFailure("there never was a \(kind.rawValue) '\(id)'") }
        var json = EventJSON()
        try Output.with { out in
            for entry in entries {
                if !output.json {
                    try write(entry, &out)
                    continue
                }
                var line: [UInt8] = []
                try json.append(entry.event, to: &line)
                let event = try Record(json: String(decoding: line, as: UTF8.self))
                try out.line(
                    Record([("event", try event.value()), ("changes", entry.changes.value)]))
            }
        }
    }

    private func write(_ entry: HistoryEntry, _ out: inout Output) throws {
        let style = Style.output
        let event = entry.event.event
        let recorded = Instant(microsecondsSinceUnixEpoch: entry.event.recordedAt)
        try out.line(
            "\(style.dim(ShownTime.text(recorded)))  \(entry.event.position)  "
                + style.bold(Printable.line(event.type.rawValue)))
        var facts: [String] = []
        if let actor = event.actor { facts.append("by \(actor)") }
        if let other = event.onBehalfOf { facts.append("on behalf of \(other)") }
        if let id = event.correlationID { facts.append("correlation \(id.text)") }
        if let id = event.causationID { facts.append("because of \(id.text)") }
        if let reason = event.data.string("reason") { facts.append("reason: \(reason)") }
        if event.type.rawValue == "session.trimmed", let kept = event.data.integer("max_messages") {
            facts.append("kept the newest \(kept) messages")
        }
        if !facts.isEmpty {
            try out.line("  " + style.dim(Printable.line(facts.joined(separator: ", "))))
        }
        for change in entry.changes { try out.line("  " + change.text(style)) }
    }
}
