import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct AgentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents", abstract: "List agents, show one, or read its messages.",
        discussion: """
            EXAMPLES
              hansard agents
              hansard agents show multiwoz-clerk
              hansard agents messages intercode-bash/gpt-4 --limit 5
              hansard agents --json | jq -r .id
            """,
        subcommands: [List.self, Show.self, Messages.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List all agents, sorted by id.",
            discussion: """
                EXAMPLES
                  hansard agents list
                  hansard agents list --as-of 600
                  hansard agents list --json | jq -r .id
                """)

        @OptionGroup var store: StoreOptions
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let moment = try past.moment()
            let cards = try store.openForReading().read { view in
                try moment.map { try $0.past(in: view).agents() } ?? view.agents()
            }.map(\.fields)
            let table = RecordTable(
                columns: [
                    .field("id", "ID", width: 32), .field("name", "NAME", width: 24),
                    .init("ACTIVE", width: 6) { card in
                        card.bool("is_active").map { $0 ? "yes" : "no" } ?? "-"
                    },
                    .field("description", "DESCRIPTION", width: 40),
                ], style: .output, nothing: "no agents")
            try Output.with { try $0.list(cards, json: output.json, table) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show an agent's card.",
            discussion: """
                EXAMPLES
                  hansard agents show multiwoz-clerk
                  hansard agents show multiwoz-clerk --as-of 600 --json
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: ArgumentHelp("The agent's id.", valueName: "id"))
        var id: String
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let agent = try GivenID.identifier(id)
            let moment = try past.moment()
            let chat = try store.openForReading()
            let found = try chat.read { view in
                try moment.map { try $0.past(in: view).agent(agent) } ?? view.agent(agent)
            }
            guard let card = found else {
                throw try AbsentRecord.failure(
                    .agent, id, at: moment, in: chat,
                    advice: ": 'hansard agents' lists the agents")
            }
            try Output.with { try $0.show(card.fields, json: output.json) }
        }
    }

    struct Messages: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "messages", abstract: "Read an agent's messages in all sessions.",
            discussion: """
                The newest message comes first. With --json, each line is one message as it reads \
                now.

                With --as-of, the list has the messages that the agent had at that moment. It \
                includes messages of sessions that were deleted or trimmed later.

                EXAMPLES
                  hansard agents messages multiwoz-clerk --limit 5
                  hansard agents messages intercode-bash/gpt-3.5 --oldest-first --json
                  hansard agents messages multiwoz-clerk --as-of 600
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: ArgumentHelp("The agent's id, registered or not.", valueName: "id"))
        var id: String
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Show at most this many messages.", valueName: "n")
        )
        var limit = 20
        @OptionGroup var page: PageOptions
        @Flag(help: "Begin with the oldest message.")
        var oldestFirst = false
        @OptionGroup var past: AsOfOptions
        @OptionGroup var output: OutputOptions

        func validate() throws { try PageOptions.check(limit: limit) }

        func run() throws {
            let agent = try GivenID.identifier(id)
            let moment = try past.moment()
            let direction: Direction = oldestFirst ? .forwards : .backwards
            var next = try page.cursor()
            let chat = try store.openForReading()
            let text = MessageText(style: .output, isShortened: true)
            try Output.with { out in
                var left = limit
                repeat {
                    let count = min(left, PageOptions.pageMax)
                    let page = try chat.read { view in
                        if let moment {
                            return try moment.past(in: view).messages(
                                ofAgent: agent, limit: count, after: next, direction)
                        }
                        return try view.messages(
                            ofAgent: agent, limit: count, after: next, direction)
                    }
                    for message in page.items {
                        if output.json {
                            try out.line(message.fields)
                        } else {
                            try text.write(message, to: &out)
                        }
                    }
                    left -= page.items.count
                    next = page.next
                } while next != nil && left > 0
                try out.flush()
                if let next { try sayMore(next, &out) }
            }
        }

        private func sayMore(_ next: PageCursor, _ out: inout Output) throws {
            var command = "hansard agents messages \(ShellWord.quoted(id)) --after \(next.text)"
            if limit != 20 { command += " --limit \(limit)" }
            if oldestFirst { command += " --oldest-first" }
            if let asOf = past.asOf { command += " --as-of \(ShellWord.quoted(asOf))" }
            try Continuation.say(command, store: store, isJSON: output.json, &out)
        }
    }
}
