import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List sessions, the newest first.",
        discussion: """
            EXAMPLES
              hansard sessions
              hansard sessions --limit 100 --oldest-first
              hansard sessions --as-of 300    # '?' means too many messages to count back
              hansard sessions --json | jq -r .id
            """)

    @OptionGroup var store: StoreOptions
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("List at most this many sessions.", valueName: "n"))
    var limit = 20
    @OptionGroup var page: PageOptions
    @Flag(help: "Begin with the session created first.")
    var oldestFirst = false
    @OptionGroup var past: AsOfOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try PageOptions.check(limit: limit) }

    func run() throws {
        let cursor = try page.cursor()
        let chat = try store.openForReading()
        try Output.with { out in
            var table = SessionTable(style: .output)
            let next = try forEachPage(of: chat, from: cursor) { page in
                if output.json {
                    for session in page { try out.line(session.record) }
                } else {
                    try table.write(page, to: &out)
                }
            }
            if !output.json { try table.end(&out) }
            try out.flush()
            if let next { try sayMore(next, &out) }
        }
    }

    /// Reads up to `limit` sessions, in pages.
    private func forEachPage(
        of chat: Chat, from cursor: PageCursor?, _ body: ([SessionSummary]) throws -> Void
    ) throws -> PageCursor? {
        var left = limit
        var next = cursor
        let moment = try past.moment()
        let direction: Direction = oldestFirst ? .forwards : .backwards
        repeat {
            let count = min(left, PageOptions.pageMax)
            let page = try chat.store.read { view in
                if let past = try moment?.past(in: view) {
                    return try past.sessions(limit: count, after: next, direction)
                }
                return try view.sessions(limit: count, after: next, direction)
            }
            try body(page.items)
            left -= page.items.count
            next = page.next
        } while next != nil && left > 0
        return next
    }

    private func sayMore(_ next: PageCursor, _ out: inout Output) throws {
        var command = "hansard sessions --after \(next.text)"
        if limit != 20 { command += " --limit \(limit)" }
        if oldestFirst { command += " --oldest-first" }
        if let asOf = past.asOf { command += " --as-of \(ShellWord.quoted(asOf))" }
        try Continuation.say(command, store: store, isJSON: output.json, &out)
    }
}

extension SessionSummary {
    /// The session's fields, with the number of its messages.
    fileprivate var record: Record {
        session.fields.setting(
            "messages_count", to: messagesCount.map { .integer(Int64($0)) } ?? .null)
    }
}
