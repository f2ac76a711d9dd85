import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct ContextsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contexts",
        abstract: "List shared contexts, show one, or remove expired ones.",
        discussion: """
            EXAMPLES
              hansard contexts
              hansard contexts --session 31e98348-3540-5675-9335-82f20c802054
              hansard contexts --target chloe --include-expired
              hansard contexts show ec0d8893-2428-56db-aa86-e9d5d4fbb332
              hansard contexts remove-expired
            """,
        subcommands: [List.self, Show.self, RemoveExpired.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List contexts of a session, to an agent or from one, newest first.",
            discussion: """
                Without --session, --target or --source, lists the contexts of all sessions in the \
                order in which they were recorded.

                With --as-of, lists the contexts of that moment, without those that had expired.

                EXAMPLES
                  hansard contexts list --limit 10
                  hansard contexts list --session 31e98348-3540-5675-9335-82f20c802054
                  hansard contexts list --target chloe --as-of 600
                  hansard contexts list --source chloe --target phil_connors \\
                      --include-expired
                """)

        @OptionGroup var store: StoreOptions
        @Option(help: ArgumentHelp("List contexts of this session.", valueName: "id"))
        var session: String?
        @Option(help: ArgumentHelp("List contexts shared with this agent.", valueName: "agent"))
        var target: String?
        @Option(help: ArgumentHelp("List contexts shared by this agent.", valueName: "agent"))
        var source: String?
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "List at most this many contexts. (default: 50 without a filter, else all)",
                valueName: "n"))
        var limit: Int?
        @Flag(help: "Also list expired contexts that were not removed yet.")
        var includeExpired = false
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if let limit { try PageOptions.check(limit: limit) }
            for id in [session, target, source].compactMap({ $0 }) {
                _ = try GivenID.identifier(id)
            }
        }

        private var most: Int {
            limit ?? (session == nil && target == nil && source == nil ? 50 : .max - 1)
        }

        func run() throws {
            let most = most
            let moment = try past.moment()
            let chat = try store.openForReading()
            let contexts = try chat.read { view in
                guard let past = try moment?.past(in: view) else {
                    return try found(in: view, now: chat.now)
                }
                return try found(in: past, now: past.instant())
            }
            let table = RecordTable(
                columns: [
                    .time("created_at", "CREATED (UTC)"), .field("id", "ID", width: 36),
                    .field("context_type", "TYPE", width: 8), .time("expires_at", "EXPIRES"),
                    .field("source_agent_id", "FROM", width: 24),
                    .field("target_agent_id", "TO", width: 24),
                ], style: .output, nothing: "no contexts")
            try Output.with { out in
                try out.list(contexts.prefix(most).map(\.fields), json: output.json, table)
                try out.flush()
                if contexts.count > most {
                    Diagnostics.say("there are more: raise --limit \(most)")
                }
            }
        }

        private func found(in lists: some RecordLists, now: Instant?) throws -> [ChatRecord] {
            let session = try session.map(GivenID.identifier)
            let source = try source.map(GivenID.identifier)
            let now = includeExpired ? nil : now
            if let target = try target.map(GivenID.identifier) {
                return try lists.contexts(
                    sharedWith: target, session: session, source: source, unexpiredAt: now)
            }
            if let source {
                return try lists.contexts(sharedBy: source, session: session, unexpiredAt: now)
            }
            if let session { return try lists.contexts(ofSession: session, unexpiredAt: now) }
            return try lists.contexts(limit: most + 1, unexpiredAt: now)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a context in full.",
            discussion: """
                EXAMPLES
                  hansard contexts show ec0d8893-2428-56db-aa86-e9d5d4fbb332
                  hansard contexts show ec0d8893-2428-56db-aa86-e9d5d4fbb332 --as-of 600
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: ArgumentHelp("The context's id.", valueName: "id"))
        var id: String
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let context = try GivenID.identifier(id)
            let moment = try past.moment()
            let chat = try store.openForReading()
            let record = try chat.read { view in
                try moment.map { try $0.past(in: view).context(context) } ?? view.context(context)
            }
            guard let found = record else {
                throw try AbsentRecord.failure(.context, id, at: moment, in: chat)
            }
            try Output.with { try $0.show(found.fields, json: output.json) }
        }
    }

    struct RemoveExpired: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-expired", abstract: "Remove the contexts that have expired.",
            discussion: """
                Their history stays in the log. A context that is extended meanwhile stays.

                EXAMPLES
                  hansard contexts remove-expired
                  hansard contexts remove-expired --batch-size 1000 --json
                """)

        @OptionGroup var store: AppendingStoreOptions
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Number of contexts to remove in one append, 1 to 1,000.", valueName: "n"))
        var batchSize = 100
        @OptionGroup var acting: ActingOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let chat = try store.openForWriting()
            let count = try await chat.removeExpiredContexts(
                batchSize: batchSize, as: acting.provenance,
                isStopped: { Interruption.signal != nil })
            chat.store.closeAfterAppending()
            try Output.with { out in
                if output.json {
                    return try out.line(Record([("removed", .integer(Int64(count)))]))
                }
                try out.line("removed \(Figures.counted(count, "context"))")
            }
            if let ending = ExitStatus.interruption {
                throw CommandFailure(
                    "interrupted: the counted contexts were removed; run it again for the rest",
                    status: ending)
            }
        }

        func validate() throws {
            guard (1...1_000).contains(batchSize) else {
                throw ValidationError("--batch-size must be from 1 to 1,000, not \(batchSize).")
            }
        }
    }
}
