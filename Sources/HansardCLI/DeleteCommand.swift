import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a session with its messages, contexts and tasks.",
        discussion: """
            One event removes the session from every current view. History keeps everything. The \
            ids of its messages, contexts and tasks can never be used again; the session's own id \
            can.

            EXAMPLES
              hansard delete 31e98348-3540-5675-9335-82f20c802054 --yes \\
                  --reason 'the customer asked'
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Argument(help: ArgumentHelp("The session's id.", valueName: "id"))
    var session: String
    @Flag(help: "Confirm the deletion; without this nothing is deleted.")
    var yes = false
    @Option(help: ArgumentHelp("The reason, which everyone can read.", valueName: "text"))
    var reason: String?
    @OptionGroup var acting: ActingOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let id = try GivenID.identifier(session)
        let chat = try store.openForWriting()
        let count = try chat.read { view in
            try view.session(id).map { _ in try view.messagesCount(ofSession: id) }
        }
        guard let count else { throw missing }
        guard yes else {
            throw CommandFailure(
                "session '\(session)' has \(Figures.counted(count, "message")): add --yes to "
                    + "delete it")
        }
        let isDeleted = try await chat.perform(
            .deleteSession(id, reason: reason), as: acting.provenance)
        chat.store.closeAfterAppending()
        guard isDeleted else { throw missing }
        try Output.with { out in
            if output.json { return try out.line(Record([("deleted", .string(session))])) }
            try out.line("deleted session \(Printable.line(session))")
        }
    }

    private var missing: CommandFailure {
        .notFound("there is no session '\(session)': 'hansard sessions' lists the sessions")
    }
}
