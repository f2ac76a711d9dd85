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
    @Argument(help: ArgumentHelp("agent, session, message, context or task.", valueName: "kind"))
    var kind: RecordKind
    @Argument(help: ArgumentHelp("Its id.", valueName: "id"))
    var id: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let identifier = try GivenID.identifier(id)
        let events = try store.openForReading().read { try $0.history(kind, identifier) }
        if events.isEmpty { throw CommandFailure("there never was a \(kind.rawValue) '\(id)'") }
        try Output.with { out in
            for event in events {
                if output.json { try out.line(EventRecord.record(of: event)) } else { try write(event, &out) }
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
            let line = "  \(Printable.line(name)): \(Printable.line(text))"
            try out.line(style.columns.map { TextLayout.cut(line, to: $0) } ?? line)
        }
    }
}

extension RecordKind: ExpressibleByArgument {}
