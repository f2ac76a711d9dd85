import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct MessageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Read one message in full.",
        discussion: """
            Prints the message with its session, its position in the log and its recorded time. \
            With --json, prints only the message as it reads now, with its position as id.

            A message that was trimmed or deleted with its session is still available, with \
            'hansard history message ID' and with --as-of.

            --show-redacted shows the text of the last edit. 'hansard log export --raw \
            --show-redacted' has the earlier texts too.

            EXAMPLES
              hansard message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead
              hansard message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead --json | jq .parts
              hansard message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead --show-redacted \\
                  --reason 'case 17'
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Argument(help: ArgumentHelp("The message's id (message_uuid).", valueName: "id"))
    var id: String
    @OptionGroup var past: AsOfOptions
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if showing.showRedacted && past.asOf != nil {
            throw ValidationError(
                "--show-redacted shows the text of the last edit, so it can't be combined with --as-of. "
                    + "'hansard log export --raw --show-redacted' has every text, and is recorded too."
            )
        }
    }

    func run() throws {
        if showing.showRedacted { return try showText() }
        let identifier = try GivenID.identifier(id)
        let moment = try past.moment()
        let chat = try store.openForReading()
        let found = try chat.store.read { view in
            let message =
                try moment.map { try $0.past(in: view).message(identifier) }
                ?? view.message(identifier)
            return try message.map { ($0, try view.event(at: $0.position)) }
        }
        guard let (message, event) = found else {
            throw try AbsentRecord.failure(
                .message, id, at: moment, in: chat,
                advice: ": 'hansard session ID --json' lists the message_uuids of a session")
        }
        let style = Style.output
        try Output.with { out in
            if output.json { return try out.line(message.fields) }
            try MessageText(style: style, isShortened: false).write(message, to: &out)
            try out.line()
            try out.line(fact("session", message.fields.string("session_id"), style))
            try out.line(fact("position", "\(message.position)", style))
            let recorded = event?.recordedAt
            try out.line(fact("recorded", recorded?.text(.zulu), style))
            if let reply = message.fields.string("in_reply_to") {
                try out.line(fact("reply to", reply, style))
            }
            if let metadata = message.fields.record("message_metadata"), !metadata.isEmpty {
                try out.line(fact("metadata", try metadata.json(), style))
            }
        }
    }

    private func showText() throws {
        let identifier = try GivenID.identifier(id)
        let chat = try store.openForWriting()
        let shown = try chat.performBlocking(
            .showRedacted(identifier, reason: showing.reason), as: showing.acting.provenance)
        chat.store.closeAfterAppending()
        guard let shown else {
            throw CommandFailure.notFound("there is no redacted message '\(id)'")
        }
        try Output.with { out in
            if output.json { return try out.line(shown.fields) }
            try MessageText(style: .output, isShortened: false).write(shown, to: &out)
        }
    }

    private func fact(_ name: String, _ value: String?, _ style: Style) -> String {
        style.dim(TextLayout.padded(name, to: 10)) + Printable.line(value ?? "-")
    }
}
