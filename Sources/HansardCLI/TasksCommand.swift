import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "List A2A tasks, or show one.",
        discussion: """
            EXAMPLES
              hansard tasks --status in_progress
              hansard tasks --agent chloe
              hansard tasks --include-completed \\
                  --session 31e98348-3540-5675-9335-82f20c802054
              hansard tasks show e8ac5a57-1eac-56cc-94ba-7d2e338f23fb
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List tasks, the newest first.",
            discussion: """
                With --as-of, lists the tasks of that moment, with the agents and the status they \
                had then.

                EXAMPLES
                  hansard tasks list --status pending --limit 10
                  hansard tasks list --include-completed \\
                      --session 31e98348-3540-5675-9335-82f20c802054
                  hansard tasks list --agent chloe --json | jq -r .title
                  hansard tasks list --status in_progress --as-of 2026-03-01T09:00:00Z
                """)

        @OptionGroup var store: StoreOptions
        @Option(
            help: ArgumentHelp(
                "List tasks of this session that are not completed or cancelled.", valueName: "id"))
        var session: String?
        @Option(help: ArgumentHelp("List tasks of this agent.", valueName: "id"))
        var agent: String?
        @Option(
            help: ArgumentHelp(
                "List tasks with this status: pending, in_progress, completed, failed or cancelled.",
                valueName: "status"),
            completion: .list(["pending", "in_progress", "completed", "failed", "cancelled"]))
        var status: String?
        @Flag(help: "With --session, also list completed and cancelled tasks.")
        var includeCompleted = false
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("List at most this many tasks.", valueName: "n"))
        var limit = Self.limitDefault
        @OptionGroup var page: PageOptions
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        private static let limitDefault = 50
        private static let statuses = [
            "pending", "in_progress", "completed", "failed", "cancelled",
        ]

        func validate() throws {
            try PageOptions.check(limit: limit)
            for id in [session, agent].compactMap({ $0 }) { _ = try GivenID.identifier(id) }
            if let status, !Self.statuses.contains(status) {
                throw ValidationError(
                    "--status: '\(status)' is not a status. Give one of "
                        + Self.statuses.joined(separator: ", ") + ".")
            }
            if session != nil && (agent != nil || status != nil) {
                throw ValidationError("--session can't be combined with --agent or --status.")
            }
        }

        func run() throws {
            let moment = try past.moment()
            let chat = try store.openForReading()
            var next = try page.cursor()
            var tasks: [Record] = []
            repeat {
                let count = min(limit - tasks.count, PageOptions.pageMax)
                let page = try chat.read { view in
                    if let moment { return try found(in: moment.past(in: view), count, next) }
                    return try found(in: view, count, next)
                }
                tasks += page.items.map(\.fields)
                next = page.next
            } while next != nil && tasks.count < limit
            try Output.with { out in
                try out.list(tasks, json: output.json, table)
                try out.flush()
                if let next { try sayMore(next, &out) }
            }
        }

        private func found(
            in lists: some RecordLists, _ limit: Int, _ next: PageCursor?
        ) throws -> Page<ChatRecord> {
            if let session = try session.map(GivenID.identifier) {
                return try lists.taskPage(
                    ofSession: session, includingCompleted: includeCompleted, limit: limit,
                    after: next)
            }
            if let agent = try agent.map(GivenID.identifier) {
                return try lists.taskPage(ofAgent: agent, status: status, limit: limit, after: next)
            }
            return try lists.taskPage(status: status, limit: limit, after: next)
        }

        private func sayMore(_ next: PageCursor, _ out: inout Output) throws {
            var command = "hansard tasks --after \(next.text)"
            for (option, value) in [
                ("--session", session), ("--agent", agent), ("--status", status),
                ("--as-of", past.asOf),
            ] {
                if let value { command += " \(option) \(ShellWord.quoted(value))" }
            }
            if includeCompleted { command += " --include-completed" }
            if limit != Self.limitDefault { command += " --limit \(limit)" }
            try Continuation.say(command, store: store, isJSON: output.json, &out)
        }

        private var table: RecordTable {
            RecordTable(
                columns: [
                    .time("created_at", "CREATED (UTC)"), .field("id", "ID", width: 36),
                    .field("status", "STATUS", width: 11), .field("priority", "PRIORITY", width: 8),
                    .field("title", "TITLE", width: 40),
                ], style: .output, nothing: "no tasks")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a task in full, with its agents' cards.",
            discussion: """
                EXAMPLES
                  hansard tasks show e8ac5a57-1eac-56cc-94ba-7d2e338f23fb
                  hansard tasks show e8ac5a57-1eac-56cc-94ba-7d2e338f23fb --json | jq .agents
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: ArgumentHelp("The task's id.", valueName: "id"))
        var id: String
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let task = try GivenID.identifier(id)
            let moment = try past.moment()
            let chat = try store.openForReading()
            let record = try chat.read { view in
                try moment.map { try $0.past(in: view).task(task) } ?? view.task(task)
            }
            guard let found = record else {
                throw try AbsentRecord.failure(
                    .task, id, at: moment, in: chat, advice: ": 'hansard tasks' lists the newest")
            }
            try Output.with { try $0.show(found.fields, json: output.json) }
        }
    }
}
