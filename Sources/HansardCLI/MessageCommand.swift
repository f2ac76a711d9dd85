import ArgumentParser
import Hansard
import HansardChat
import Records

struct MessageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Read one message in full.",
        discussion: """
            Besides the message: its position in the log, its session and when it was recorded. With --json, \
            the message as it reads now, with its position as id, and nothing else. One that a trim hides or \
            whose session was deleted is still there for 'hansard history message ID' and for --as-of. \
            --show-redacted shows what the message says as of its last edit; earlier texts are in \
            'hansard log export --raw --show-redacted'.

            EXAMPLES
              hansard message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead
              hansard message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead --json | jq .parts
              hansard message 7a555b9f-ac7d-5981-8049-1ab4a9f4dead --show-redacted --reason 'case 17'
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: ArgumentHelp("The message's id (message_uuid).", valueName: "id"))
    var id: String
    @OptionGroup var past: AsOfOptions
    @Flag(
        help: ArgumentHelp(
            "Show what a redacted message says. That it was shown, and to whom, is recorded."))
    var showRedacted = false
    @Option(help: ArgumentHelp("With --show-redacted: why, for the record.", valueName: "text"))
    var reason: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if showRedacted && past.asOf != nil {
            throw ValidationError(
                "--show-redacted shows the text as of its last edit, so it can't be had with --as-of: "
                    + "'hansard log export --raw --show-redacted' has every text, and records that it was "
                    + "shown as well.")
        }
        if reason != nil && !showRedacted {
            throw ValidationError("--reason is for --show-redacted.")
        }
    }

    func run() throws {
        if showRedacted { return try showText() }
        let identifier = try GivenID.identifier(id)
        let moment = try past.moment()
        let chat = try store.openForReading()
        let (found, absence) = try chat.store.read { view in
            let past = try moment?.past(in: view)
            let message = try past.map { try $0.message(identifier) } ?? view.message(identifier)
            let found = try message.map { ($0, try view.event(at: $0.position)) }
            if found != nil { return (found, nil as MessageAbsence?) }
            return (
                nil,
                try past?.absence(ofMessage: identifier)
                    ?? view.absence(ofMessage: identifier)
            )
        }
        guard let (message, event) = found else { throw CommandFailure(text(absence)) }
        let style = Style.output
        try Output.with { out in
            if output.json { return try out.line(message.fields) }
            try MessageText(style: style, isShortened: false).write(message, to: &out)
            try out.line()
            try out.line(fact("session", message.fields.string("session_id"), style))
            try out.line(fact("position", "\(message.position)", style))
            let recorded = event.map { Instant(microsecondsSinceUnixEpoch: $0.recordedAt) }
            try out.line(fact("recorded", recorded?.text(.zulu), style))
            if let reply = message.fields.string("in_reply_to") {
                try out.line(fact("reply to", reply, style))
            }
            if let metadata = message.fields.record("message_metadata"), !metadata.isEmpty {
                try out.line(fact("metadata", try metadata.json(), style))
            }
        }
    }

    /// What became of the message, and how it can be read.
    private func text(_ absence: MessageAbsence?) -> String {
        let still =
            "'hansard history message \(ShellWord.quoted(id))' still shows it, and so does --as-of"
        switch absence {
        case .trimmed(let event)?:
            return "message '\(id)' was trimmed \(Self.when(event)): \(still) "
                + "\(event.position.rawValue - 1)"
        case .sessionDeleted(let event)?:
            return "message '\(id)' was deleted with its session \(Self.when(event)): \(still) "
                + "\(event.position.rawValue - 1)"
        case .later(let event)?:
            return "there was no message '\(id)' yet: it was recorded \(Self.when(event))"
        case nil:
            return
                "there is no message '\(id)': 'hansard session ID --json' lists the message_uuids of "
                + "a session"
        }
    }

    /// `at 2025-03-03T07:00:00Z by alice, as event 12`
    private static func when(_ event: RecordedEvent) -> String {
        let actor = event.event.actor.map { " by \(Printable.line($0))" } ?? ""
        return "at \(RecordedTime.text(event.recordedAt))\(actor), as event \(event.position)"
    }

    private func showText() throws {
        let identifier = try GivenID.identifier(id)
        let chat = try store.openForWriting()
        let shown = try chat.performBlocking(
            .showRedacted(identifier, reason: reason), as: ActingOptions.operatorOnly)
        chat.store.closeAfterAppending()
        guard let shown else {
            throw CommandFailure("there is no redacted message '\(id)'")
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
