import ArgumentParser
import Hansard
import HansardChat
import Records

struct RedactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact", abstract: "Take a message's content out of every read.",
        discussion: """
            Every read, list, history and export shows from now on that the message was redacted, by whom and \
            when, and not what it said. It can't be undone. The log itself keeps the text: who can read its \
            files can read it.

            EXAMPLES
              hansard redact 7a555b9f-ac7d-5981-8049-1ab4a9f4dead --reason 'personal data'
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: ArgumentHelp("The message's id (message_uuid).", valueName: "id"))
    var message: String
    @Option(help: ArgumentHelp("Why, for everyone to read.", valueName: "text"))
    var reason: String?
    @OptionGroup var acting: ActingOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let id = try GivenID.identifier(message)
        let chat = try store.openForWriting()
        let redacted = try await chat.perform(
            .redactMessage(id, reason: reason), as: acting.provenance)
        chat.store.closeAfterAppending()
        guard let redacted else { throw CommandFailure("there is no message '\(message)'") }
        try Output.with { out in
            if output.json { return try out.line(redacted.fields) }
            try out.line("redacted message \(Printable.line(message))")
        }
    }
}
