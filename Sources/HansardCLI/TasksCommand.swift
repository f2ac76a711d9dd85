import ArgumentParser
import Hansard
import HansardChat
import Records

struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "List A2A tasks, or show one.",
        discussion: """
            EXAMPLES
              hansard tasks --status in_progress
              hansard tasks --agent chloe
              hansard tasks --session 31e98348-3540-5675-9335-82f20c802054 --include-completed
              hansard tasks show e8ac5a57-1eac-56cc-94ba-7d2e338f23fb
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List tasks, newest first.")

        @OptionGroup var store: StoreOptions
        @Option(
            help: ArgumentHelp(
                "Of this session: those not completed or cancelled.", valueName: "id"))
        var session: String?
        @Option(help: ArgumentHelp("Of this agent.", valueName: "id"))
        var agent: String?
        @Option(
            help: ArgumentHelp(
                "With this status: pending, in_progress, completed, failed or cancelled.",
                valueName: "status"),
            completion: .list(["pending", "in_progress", "completed", "failed", "cancelled"]))
        var status: String?
        @Flag(help: "With --session: completed and cancelled ones too.")
        var includeCompleted = false
        @Option(help: ArgumentHelp("Tasks to list at most.", valueName: "n"))
        var limit = 50
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            try PageOptions.check(limit: limit)
            if session != nil && (agent != nil || status != nil) {
                throw ValidationError("--session can't be combined with --agent or --status.")
            }
            if past.asOf != nil && session == nil {
                throw ValidationError("--as-of lists the tasks of a --session.")
            }
        }

        func run() throws {
            let chat = try store.openForReading()
            let session = try session.map(GivenID.identifier)
            let agent = try agent.map(GivenID.identifier)
            let moment = try past.moment()
            let tasks = try chat.read { view in
                if let session, let moment {
                    return try moment.past(in: view).tasks(
                        ofSession: session, includingCompleted: includeCompleted)
                }
                if let session {
                    return try view.tasks(ofSession: session, includingCompleted: includeCompleted)
                }
                if let agent { return try view.tasks(ofAgent: agent, status: status) }
                return try view.tasks(status: status, limit: limit &+ min(1, .max - limit))
            }
            let table = RecordTable(
                columns: [
                    .time("created_at", "CREATED (UTC)"), .field("id", "ID", width: 36),
                    .field("status", "STATUS", width: 11), .field("priority", "PRIORITY", width: 8),
                    .field("title", "TITLE", width: 40),
                ], style: .output, nothing: "no tasks")
            try Output.with { out in
                try out.list(tasks.prefix(limit).map(\.fields), json: output.json, table)
                try out.flush()
                if tasks.count > limit { Diagnostics.say("there are more: raise --limit \(limit)") }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a task in full, with its agents' cards.")

        @OptionGroup var store: StoreOptions
        @Argument(help: ArgumentHelp("The task's id.", valueName: "id"))
        var id: String
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let task = try GivenID.identifier(id)
            let moment = try past.moment()
            let record = try store.openForReading().read { view in
                try moment.map { try $0.past(in: view).task(task) } ?? view.task(task)
            }
            guard let found = record else {
                throw CommandFailure("there is no task '\(id)': 'hansard tasks' lists the newest")
            }
            try Output.with { try $0.show(found.fields, json: output.json) }
        }
    }
}
