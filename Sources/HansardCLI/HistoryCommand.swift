import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show every event that touched a record, with the changes.",
        discussion: """
            The oldest event comes first. The history covers all lives of the record. It includes \
            the trim that hid a message, the deletion of its session, and each showing of its \
            redacted text. With --as-of, the history ends at that moment.

            A session's history has the session's own events; 'hansard events --stream session/ID' \
            also has those of its messages. An agent's history has the events of its card; \
            'hansard events --agent ID' has all events that name it.

            With --json, each line is an object with these fields:
              event    the event as 'hansard events --json' prints it
              effect   created, changed, trimmed, hidden, removed, redacted or shown
              changes  the changed fields, each with the values before and after

            A change whose values a redaction removed has "redacted": true. The field "*" stands \
            for removed fields with names of the writer's own.

            EXAMPLES
              hansard history message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead
              hansard history session 31e98348-3540-5675-9335-82f20c802054 --as-of 600
              hansard history agent multiwoz-clerk --json | jq -c .changes
            """)

    @OptionGroup var store: StoreOptions
    @Argument(
        help: ArgumentHelp(
            "The kind: agent, session, message, context or task.", valueName: "kind"),
        completion: .list(RecordKind.allCases.map(\.rawValue)))
    var kind: String
    @Argument(help: ArgumentHelp("The record's id.", valueName: "id"))
    var id: String
    @OptionGroup var past: AsOfOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let kind = RecordKind(rawValue: kind) else {
            throw ValidationError(
                "'\(kind)' is not a kind of record: give agent, session, message, context or task.")
        }
        let identifier = try GivenID.identifier(id)
        let moment = try past.moment()
        let (entries, end) = try store.openForReading().read { view in
            let past = try moment?.past(in: view)
            let entries =
                try past?.changes(of: kind, identifier) ?? view.changes(of: kind, identifier)
            return (entries, past?.position)
        }
        if entries.isEmpty {
            throw CommandFailure.notFound(
                "there never was \(kind == .agent ? "an" : "a") \(kind.rawValue) '\(id)'"
                    + (end.map { " as of event \($0)" } ?? ""))
        }
        var json = EventJSON()
        try Output.with { out in
            for entry in entries {
                if !output.json {
                    try write(entry, of: kind, &out)
                    continue
                }
                var event: [UInt8] = []
                try json.append(entry.event, isHidden: entry.isHidden, to: &event)
                var line = JSONLine()
                // Without the newline it ends with.
                line.add("event", json: String(decoding: event.dropLast(), as: UTF8.self))
                line.add("effect", .string(entry.effect.rawValue))
                line.add("changes", entry.changes)
                try out.line(line.text)
            }
        }
    }

    private func write(_ entry: HistoryEntry, of kind: RecordKind, _ out: inout Output) throws {
        let style = Style.output
        let event = entry.event.event
        try out.line(
            "\(style.dim(ShownTime.text(entry.event.recordedAt)))  \(entry.event.position)  "
                + style.bold(Printable.line(event.type.rawValue)))
        var facts: [String] = []
        if let actor = event.actor { facts.append("by \(actor)") }
        if let other = event.onBehalfOf { facts.append("on behalf of \(other)") }
        if let id = event.correlationID { facts.append("correlation \(id.text)") }
        if let id = event.causationID { facts.append("caused by \(id.text)") }
        if let reason = event.data.string("reason") { facts.append("reason: \(reason)") }
        if event.type.rawValue == "session.trimmed", let kept = event.data.integer("max_messages") {
            facts.append("kept the newest \(kept) message\(kept == 1 ? "" : "s")")
        }
        if !facts.isEmpty {
            try out.line("  " + style.dim(Printable.line(facts.joined(separator: ", "))))
        }
        if let words = entry.effectOnAnother(kind) {
            try out.line("  " + Printable.line(words))
        }
        for change in entry.changes { try out.line("  " + change.text(style)) }
    }
}

extension HistoryEntry {
    /// The effect of an event that is about something else on a record of this kind; nil for an
    /// event about the record itself.
    fileprivate func effectOnAnother(_ kind: RecordKind) -> String? {
        let stream = event.event.stream
        switch effect {
        case .hidden: return "hid it with the older messages of session \(stream.id.text)"
        case .removed where kind != .session && stream.category == "session":
            return "removed it with its session \(stream.id.text)"
        case .shown:
            return event.event.data.contains("message_uuid")
                ? "showed its text" : "showed the text of every redacted message"
        default: return nil
        }
    }
}
