import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct RedactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact", abstract: "Remove a message's content from every read.",
        discussion: """
            Every read, list, history and export then shows who redacted the message and when, \
            instead of its content. This can't be undone. The log itself keeps the text, so a user \
            who can read its files can read the text.

            A message that was redacted before keeps its first reason, and nothing is recorded.

            EXAMPLES
              hansard redact 7a555b9f-ac7d-5981-8049-1ab4a9f4dead --reason 'personal data'
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Argument(help: ArgumentHelp("The message's id (message_uuid).", valueName: "id"))
    var message: String
    @Option(help: ArgumentHelp("The reason, which everyone can read.", valueName: "text"))
    var reason: String?
    @OptionGroup var acting: ActingOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let id = try GivenID.identifier(message)
        let chat = try store.openForWriting()
        var provenance = try acting.provenance
        let event = Identifier.random()
        provenance.eventID = event
        let redacted = try await chat.perform(
            .redactMessage(id, reason: reason), as: provenance)
        let isNew = try chat.read { try $0.event(withID: event) != nil }
        chat.store.closeAfterAppending()
        guard let redacted else {
            throw CommandFailure.notFound("there is no message '\(message)'")
        }
        try Output.with { out in
            if output.json {
                try out.line(redacted.fields)
            } else if isNew {
                try out.line("redacted message \(Printable.line(message))")
            }
            try out.flush()
            if !isNew { Diagnostics.say(already(redacted.fields)) }
        }
    }

    /// The text in place of a redacted message.
    private func already(_ message: Record) -> String {
        let first = message.record("redacted") ?? .empty
        var text =
            "message '\(self.message)' was already redacted at \(ShownTime.text("at", of: first))"
        if let actor = first.string("by") { text += " by \(actor)" }
        text += first.string("reason").map { ", reason: \($0)" } ?? ", without a reason"
        return text + "; nothing was recorded"
            + (reason == nil ? "" : ", and the new reason is not kept")
    }
}
