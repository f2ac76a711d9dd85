import ArgumentParser
import Hansard
import HansardChat
import Records

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Every event that touched a record, oldest first.",
        discussion: """
            A session's history has its own events; 'hansard events --stream session/ID' has those of its \
            messages too.

            EXAMPLES
              hansard history message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead
              hansard history agent chloe --json | jq .type
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
        let events = try store.openForReading().read { try $0.history(kind, identifier) }
        if events.isEmpty { throw CommandFailure("there never was a \(kind.rawValue) '\(id)'") }
        try Output.with { out in
            var json = EventJSON()
            for event in events {
                if !output.json {
                    try write(event, &out)
                    continue
                }
                var line: [UInt8] = []
                try json.append(event, to: &line)
                try out.write(line)
            }
        }
    }

    private func write(_ event: RecordedEvent, _ out: inout Output) throws {
        let style = Style.output
        let recorded = Instant(microsecondsSinceUnixEpoch: event.recordedAt)
        var heading = "\(style.dim(ShownTime.text(recorded)))  \(event.position)  "
        heading += style.bold(event.event.type.rawValue)
        if let actor = event.event.actor { heading += "  by \(Printable.line(actor))" }
        if let other = event.event.onBehalfOf { heading += " for \(Printable.line(other))" }
        try out.line(heading)
        for (name, value) in event.event.data {
            let text = if case .string(let text) = value { text } else { value.description }
            let field = "  \(Printable.line(name)): \(Printable.line(text))"
            try out.line(style.columns.map { TextLayout.cut(field, to: $0) } ?? field)
        }
    }
}
