import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove that an event is in the log, or that the log only grew.",
        discussion: """
            Prints a proof that 'hansard check-proof' and Tests/Proofs/check_proof.py check \
            without the store. It proves an event against the latest checkpoint (C2SP tlog-proof). \
            With --between, it proves that the first B events begin with the first A, unchanged.

            If the latest checkpoint covers too few events, a new one is signed first. \
            docs/PROOFS.md explains the proofs, and what a stolen key can forge.

            EXAMPLES
              hansard prove 595 > event.tlog-proof
              hansard prove 7dccf6fa-0a00-5058-89f7-5046c302dc60 --payload > event.proof
              hansard prove --between 500 600 > growth.proof
            """)

    @OptionGroup var store: AppendingStoreOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The event's position, its id, or an id that it claims.")
    var event: String?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Two numbers of events; the second is by default the latest checkpoint's.",
            valueName: "n"))
    var between: [UInt64] = []
    @Flag(help: "Put the event itself into the proof, as it was recorded.")
    var payload = false
    @OptionGroup var showing: ShowingOptions

    func validate() throws {
        guard (event == nil) != between.isEmpty, between.count <= 2 else {
            throw ValidationError("Name an event, or one or two numbers with --between.")
        }
        if let number = event.flatMap({ UInt64($0) }), number == 0 {
            throw ValidationError("Positions begin at 1.")
        }
        if let event, UInt64(event) == nil { _ = try GivenID.identifier(event) }
        if between.count == 2, between[0] > between[1] {
            throw ValidationError("--between takes the smaller number first.")
        }
        if payload && event == nil { throw ValidationError("--payload needs an event.") }
        if showing.showRedacted && !payload {
            throw ValidationError(
                "--show-redacted needs --payload, because nothing else shows text.")
        }
    }

    func run() throws {
        let chat = showing.showRedacted ? try store.openForWriting() : try store.openForReading()
        let store = chat.store
        let text: String
        if let event {
            let position = try position(of: event, in: store)
            if payload { try checkMayShow(position, in: chat) }
            text = try store.inclusionProof(of: position, includesPayload: payload).text
        } else {
            let newer = between.count == 2 ? between[1] : nil
            text = try store.consistencyProof(from: between[0], to: newer).text
        }
        try store.close()
        try Output.with { out in
            if output.json {
                try out.line(Record([("proof", .string(text))]))
            } else {
                try out.write(Array(text.utf8))
            }
        }
    }

    /// Refuses redacted text, or records that it is shown.
    private func checkMayShow(_ position: Position, in chat: Chat) throws {
        let message = try chat.store.read { view in
            try view.event(at: position).flatMap { try view.redactedMessage(in: $0) }
        }
        guard let message else { return }
        guard showing.showRedacted else {
            throw CommandFailure(
                "event \(position) holds text of the redacted message '\(message.text)': prove it "
                    + "without --payload, or add --show-redacted, which is recorded")
        }
        _ = try chat.performBlocking(
            .showRedacted(message, reason: showing.reason), as: showing.acting.provenance)
    }

    private func position(of text: String, in store: Store) throws -> Position {
        if let number = UInt64(text) { return Position(number) }
        let id = try GivenID.identifier(text)
        guard let found = try store.read({ try $0.event(withID: id) }) else {
            throw HansardError(.notFound, "no event has or claims the id \(text)")
        }
        return found.position
    }
}
