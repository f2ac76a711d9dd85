import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct AppendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append", abstract: "Append your program's own events.",
        discussion: """
            Appends one event from options. With --lines, appends all events of standard input \
            together, or none of them; each line is a JSON object. The events are on the disk when \
            the verb has answered.

            Events of the chat domain (agents, sessions, messages, contexts, tasks) come in with \
            'hansard import', which checks the domain's rules.

            A line has the fields of the options: stream, type, id, expect, actor, on_behalf_of, \
            correlation_id, causation_id and lifecycle. The fields data and metadata are objects. \
            A line may also have schema_version and claims (a list of ids).

            With --recorded, the lines are events of another store, as 'hansard log export' or \
            'hansard events --json' writes them. Each line is appended on its own with all its \
            fields, at a new position and time. An event with an id that is already in the store \
            adds nothing, so a retry is safe. Events of the chat domain and of the store itself \
            are skipped and counted.

            The actor is the operating system's user who runs the verb. Programs that append for \
            their users may name another actor, with --actor or in a line. This name is not \
            authenticated, because a user who can write the store's files can write anything into \
            them.

            Give an id to make retries safe. A second append with the same id and content is \
            answered with the first position and adds nothing. Without an id, a new UUID is made.

            --expect is a condition on the stream. If it does not hold, nothing is appended and \
            the exit status is 3. The conditions are:
              any       no condition
              none      the stream's entity does not exist; the event begins it
              exists    the entity exists: it has begun and has not ended
              REVISION  the stream's last event has this revision

            EXAMPLES
              hansard append --stream deploy/42 --type deploy.started --expect none \\
                  --data '{"by":"ci"}'
              jq -c .result run.json \\
                  | hansard append --stream deploy/42 --type deploy.finished --data -
              hansard append --stream deploy/42 --type deploy.noted --data @note.json \\
                  --expect 1 --id note-7
              hansard append --lines --json < events.jsonl
              hansard log export --from 602 --store old | hansard append --recorded
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Option(help: ArgumentHelp("The event's stream: category/id.", valueName: "stream"))
    var stream: String?
    @Option(help: ArgumentHelp("The event's type, such as deploy.finished.", valueName: "type"))
    var type: String?
    @Option(
        help: ArgumentHelp(
            "The data, a JSON object; '-' reads standard input, '@FILE' a file. (default: {})",
            valueName: "json"),
        completion: .file())
    var data: String?
    @Option(help: ArgumentHelp("The event's id, which makes retries safe.", valueName: "id"))
    var id: String?
    @Option(
        help: ArgumentHelp("Condition: any, none, exists or a revision.", valueName: "condition"))
    var expect: String?
    @Option(
        help: ArgumentHelp(
            "The actor who appends it. (default: os-user: and the user's name)", valueName: "name"))
    var actor: String?
    @Option(help: ArgumentHelp("User the actor acts for (not authenticated).", valueName: "name"))
    var onBehalfOf: String?
    @Option(
        help: ArgumentHelp("Id of the request or case the event belongs to.", valueName: "id"))
    var correlation: String?
    @Option(help: ArgumentHelp("Id of the event that caused this one.", valueName: "id"))
    var causation: String?
    @Option(help: ArgumentHelp("The metadata, a JSON object.", valueName: "json"))
    var metadata: String?
    @Option(
        help: ArgumentHelp(
            "What the event does to its entity: begins, continues or ends.",
            valueName: "effect"))
    var lifecycle: String?
    @Flag(help: "Append all events of standard input together; each line is a JSON object.")
    var lines = false
    @Flag(help: "Append events of standard input that another log recorded.")
    var recorded = false
    @OptionGroup var output: OutputOptions

    /// The options that say something of one event, and the fields they stand for.
    private var fields: [(option: String, field: String, text: String?)] {
        [
            ("--stream", "stream", stream), ("--type", "type", type), ("--id", "id", id),
            ("--expect", "expect", expect), ("--actor", "actor", actor),
            ("--on-behalf-of", "on_behalf_of", onBehalfOf),
            ("--correlation", "correlation_id", correlation),
            ("--causation", "causation_id", causation), ("--lifecycle", "lifecycle", lifecycle),
        ]
    }

    func validate() throws {
        let given =
            fields.filter { $0.text != nil }.map(\.option)
            + [data.map { _ in "--data" }, metadata.map { _ in "--metadata" }].compactMap { $0 }
        if lines || recorded {
            guard !(lines && recorded) else {
                throw ValidationError("--lines can't be combined with --recorded.")
            }
            guard given.isEmpty else {
                let flag = lines ? "--lines" : "--recorded"
                throw ValidationError(
                    "\(flag) reads events from standard input and can't be combined with \(given[0])."
                )
            }
            return
        }
        guard stream != nil, type != nil else {
            throw ValidationError(
                "Give --stream and --type, or --lines or --recorded for many events.")
        }
    }

    func run() async throws {
        if recorded { return try await appendRecorded() }
        let append = try given()
        if append.events.isEmpty {
            if !output.json { try Output.with { try $0.line("nothing to append") } }
            return
        }
        let store = try store.openForWriting().store
        let appended: Appended
        do throws(HansardError) { appended = try await store.append(append) } catch {
            // The append's failure is reported first, and closing loses nothing.
            try? store.close()
            throw failure(error, append)
        }
        try report(appended, store)
        store.closeAfterAppending()
    }

    private func appendRecorded() async throws {
        Self.sayWhatIsRead()
        let store = try store.openForWriting().store
        var lines = RecordedLines(into: store) { event, isRepeated in
            if !output.json { return }
            try Output.with { try $0.line(Self.record(event, isRepeated)) }
        }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await lines.run()) } catch { outcome = .failure(error) }
        store.closeAfterAppending()
        if let passedOver = lines.passedOver { Diagnostics.say(passedOver) }
        let told = Result { if !output.json { try Output.with { try $0.line(lines.summary) } } }
        try outcome.get()
        try told.get()
    }

    private static func sayWhatIsRead() {
        if StandardStream.input.isTerminal {
            Diagnostics.say("reading from the terminal; end the input with Ctrl-D")
        }
    }

    private func failure(_ error: HansardError, _ append: Append) -> any Error {
        switch error.code {
        case .unknownOutcome where !lines && id == nil:
            CommandFailure(
                "\(ErrorText.of(error)). Retry with --id \(append.events[0].id)", cause: error)
        case .wrongExpectedRevision, .idConflict:
            CommandFailure(
                "\(ErrorText.of(error)). Nothing was appended", status: .conflict, cause: error)
        case let code where code.isAboutTheLine:
            CommandFailure(
                "\(ErrorText.of(error)). Nothing was appended", status: .badInput, cause: error)
        default: error
        }
    }

    private func given() throws -> Append {
        if lines {
            Self.sayWhatIsRead()
            return try AppendInput.append(of: AppendInput.bytes(of: "-"))
        }
        do {
            let given = try GivenEvent(try options())
            return Append(
                [given.event], expecting: given.expecting.map { [given.event.stream: $0] } ?? [:])
        } catch let fault as GivenEvent.Fault {
            let option = fields.first { $0.field == fault.field }?.option ?? "--\(fault.field)"
            throw ValidationError("\(option): \(ErrorText.of(fault.error)). Nothing was appended.")
        }
    }

    /// The options as parts of an event.
    private func options() throws -> GivenEvent.Fields {
        GivenEvent.Fields(
            stream: stream, type: type, id: id,
            expect: expect.map { GivenEvent.Expectation(option: $0) }, actor: actor,
            onBehalfOf: onBehalfOf, correlationID: correlation, causationID: causation,
            lifecycle: lifecycle,
            data: try data.map { try object($0, option: "--data") } ?? .empty,
            metadata: try metadata.map { try object($0, option: "--metadata") } ?? .empty)
    }

    private func object(_ text: String, option: String) throws -> Record {
        let bytes = try bytes(text, isInput: isInput(text, option))
        do { return try Record(json: bytes.span) } catch {
            let column = error.column.map { ", column \($0)" } ?? ""
            let fault = ErrorText.withoutPlace(error)
            let message = "\(option)\(column): \(fault). Nothing was appended"
            if isInput(text, option) {
                throw CommandFailure(message, status: .badInput, cause: HansardError(error))
            }
            throw ValidationError(message + ".")
        }
    }

    /// True if an option only names where the text is.
    private func isInput(_ text: String, _ option: String) -> Bool {
        option == "--data" && (text == "-" || text.hasPrefix("@"))
    }

    private func bytes(_ text: String, isInput: Bool) throws -> [UInt8] {
        if !isInput { return Array(text.utf8) }
        return try AppendInput.bytes(of: text == "-" ? text : String(text.dropFirst()))
    }

    private func report(_ appended: Appended, _ store: Store) throws {
        let recorded = try store.read { view in
            try appended.positions.compactMap { try view.event(at: $0) }
        }
        try Output.with { out in
            if !output.json {
                let count = Figures.counted(recorded.count, "event")
                let place = recorded.count == 1 ? "position" : "positions"
                let positions = appended.positions.map { "\($0)" }.joined(separator: ", ")
                return try out.line(
                    appended.wasRepeated
                        ? "\(count) already in the log at \(place) \(positions)"
                        : "appended \(count) at \(place) \(Self.range(appended))")
            }
            for event in recorded {
                try out.line(Self.record(event, appended.wasRepeated))
            }
        }
    }

    private static func record(_ event: RecordedEvent, _ isRepeated: Bool) throws -> Record {
        try Record([
            ("position", .integer(Int64(event.position.rawValue))),
            ("revision", .integer(Int64(event.revision.rawValue))),
            ("stream", .string(event.event.stream.text)),
            ("id", .string(event.event.id.text)),
            ("repeated", .bool(isRepeated)),
        ])
    }

    private static func range(_ appended: Appended) -> String {
        appended.positions.count == 1
            ? "\(appended.first)" : "\(appended.first) to \(appended.last)"
    }
}
