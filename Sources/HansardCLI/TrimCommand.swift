import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct TrimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trim", abstract: "Hide a session's oldest messages.",
        discussion: """
            History keeps the hidden messages. An earlier trim never hides a message that arrives \
            later.

            EXAMPLES
              hansard trim 31e98348-3540-5675-9335-82f20c802054 --keep 100
              hansard trim 31e98348-3540-5675-9335-82f20c802054 --keep 100 \\
                  --reason retention --correlation case-17
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Argument(help: ArgumentHelp("The session's id.", valueName: "id"))
    var session: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Number of newest messages to keep; 0 hides all.", valueName: "n"))
    var keep: Int
    @Option(help: ArgumentHelp("The reason, which everyone can read.", valueName: "text"))
    var reason: String?
    @OptionGroup var acting: ActingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if keep < 0 { throw ValidationError("--keep must be 0 or more, not \(keep).") }
    }

    func run() async throws {
        let id = try GivenID.identifier(session)
        let chat = try store.openForWriting()
        guard try chat.read({ try $0.session(id) }) != nil else {
            throw CommandFailure.notFound(
                "there is no session '\(session)': 'hansard sessions' lists the sessions")
        }
        let count = try await chat.perform(
            .trimMessages(ofSession: id, keeping: keep, reason: reason), as: acting.provenance)
        chat.store.closeAfterAppending()
        try Output.with { out in
            if output.json { return try out.line(Record([("hidden", .integer(Int64(count)))])) }
            try out.line("hid \(Figures.counted(count, "message"))")
        }
    }
}
