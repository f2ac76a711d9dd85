import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Read the conversation of a session.",
        discussion: """
            Messages are in the order of their created_at. Long tool calls and results are \
            shortened; 'hansard message ID' shows one message in full.

            With --json, the first line is {"session": …}, the session's record with \
            messages_count. Each following line is a message as it reads now. A further page \
            (--after) has only messages.

            EXAMPLES
              hansard session 31e98348-3540-5675-9335-82f20c802054
              hansard session 31e98348-3540-5675-9335-82f20c802054 --newest-first --limit 5
              hansard session 31e98348-3540-5675-9335-82f20c802054 --as-of 600
              hansard session 31e98348-3540-5675-9335-82f20c802054 --json \\
                  | jq -r '.message_uuid // empty'
              hansard session 31e98348-3540-5675-9335-82f20c802054 --json \\
                  | jq 'select(.session).session'
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: ArgumentHelp("The session's id.", valueName: "id"))
    var id: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Show at most this many messages.", valueName: "n"))
    var limit = 50
    @OptionGroup var page: PageOptions
    @Flag(help: "Begin with the newest message.")
    var newestFirst = false
    @OptionGroup var past: AsOfOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try PageOptions.check(limit: limit) }

    func run() throws {
        let session = try GivenID.identifier(id)
        let cursor = try page.cursor()
        let moment = try past.moment()
        let chat = try store.openForReading()
        let style = Style.output
        let first = try firstPage(of: session, chat, moment, from: cursor)
        try Output.with { out in
            if !output.json || cursor == nil { try write(first.header, of: session, style, &out) }
            let text = MessageText(style: style, isShortened: true)
            let next = try forEachPage(of: session, chat, moment, from: first.page) { page in
                for message in page {
                    if output.json {
                        try out.line(message.fields)
                    } else {
                        try out.line()
                        try text.write(message, to: &out)
                    }
                }
            }
            try out.flush()
            if let next { try sayMore(next, &out) }
        }
    }

    /// The header above the messages.
    private struct Header {
        let record: ChatRecord
        /// Messages in the session; nil when that can't be counted as of the moment.
        let count: Int?
        let counted: String
    }

    /// The header and the first messages, from one snapshot, so that they agree.
    private func firstPage(
        of session: Identifier, _ chat: Chat, _ moment: Moment?, from cursor: PageCursor?
    ) throws -> (header: Header, page: Page<ChatRecord>) {
        let found = try chat.store.read { view -> (Header, Page<ChatRecord>)? in
            guard let header = try header(of: session, moment, view),
                let page = try page(of: session, limit, after: cursor, moment, view)
            else { return nil }
            return (header, page)
        }
        guard let found else { throw try missing(chat, moment) }
        return found
    }

    private func header(
        of session: Identifier, _ moment: Moment?, _ view: ReadView
    ) throws -> Header? {
        if let past = try moment?.past(in: view) {
            let count = try past.messagesCount(ofSession: session)
            let counted = count.map { Figures.counted($0, "message") + ", " } ?? ""
            return try past.session(session).map {
                Header(
                    record: $0, count: count, counted: "\(counted)as of event \(past.position)")
            }
        }
        return try view.session(session).map {
            let count = try view.messagesCount(ofSession: session)
            return Header(record: $0, count: count, counted: Figures.counted(count, "message"))
        }
    }

    private func page(
        of session: Identifier, _ left: Int, after cursor: PageCursor?, _ moment: Moment?,
        _ view: ReadView
    ) throws -> Page<ChatRecord>? {
        let count = min(left, PageOptions.pageMax)
        let direction: Direction = newestFirst ? .backwards : .forwards
        if let past = try moment?.past(in: view) {
            return try past.messages(ofSession: session, limit: count, after: cursor, direction)
        }
        return try view.messages(ofSession: session, limit: count, after: cursor, direction)
    }

    private func write(
        _ header: Header, of session: Identifier, _ style: Style, _ out: inout Output
    ) throws {
        let (record, count, counted) = (header.record, header.count, header.counted)
        if output.json {
            let fields = record.fields.setting(
                "messages_count", to: count.map { .integer(Int64($0)) } ?? .null)
            var line = JSONLine()
            try line.add("session", fields)
            return try out.line(line.text)
        }
        let title = Printable.line(record.fields.string("title") ?? "(no title)")
        for line in TextLayout.wrap(title, to: style.columns) { try out.line(style.bold(line)) }
        var facts = "created \(ShownTime.text("created_at", of: record.fields))"
        if record.fields.string("updated_at") != nil {
            facts += ", updated \(ShownTime.text("updated_at", of: record.fields))"
        }
        facts += ", \(counted), position \(record.position)"
        try out.line(style.dim("session \(Printable.line(session.text))"))
        try out.line(style.dim(facts))
    }

    /// Reads up to `limit` messages, in pages, the first of which was read already.
    private func forEachPage(
        of session: Identifier, _ chat: Chat, _ moment: Moment?, from first: Page<ChatRecord>,
        _ body: ([ChatRecord]) throws -> Void
    ) throws -> PageCursor? {
        var current = first
        var left = limit
        while true {
            try body(current.items)
            left -= current.items.count
            guard let next = current.next, left > 0 else { return current.next }
            let read = try chat.store.read {
                try page(of: session, left, after: next, moment, $0)
            }
            guard let read else { throw try missing(chat, moment) }
            current = read
        }
    }

    private func missing(_ chat: Chat, _ moment: Moment?) throws -> CommandFailure {
        try AbsentRecord.failure(
            .session, id, at: moment, in: chat, advice: ": 'hansard sessions' lists the sessions"
        )
    }

    private func sayMore(_ next: PageCursor, _ out: inout Output) throws {
        var command = "hansard session \(ShellWord.quoted(id)) --after \(next.text)"
        if limit != 50 { command += " --limit \(limit)" }
        if newestFirst { command += " --newest-first" }
        if let asOf = past.asOf { command += " --as-of \(ShellWord.quoted(asOf))" }
        try Continuation.say(command, store: store, isJSON: output.json, &out)
    }
}

/// Ids from the command line.
enum GivenID {
    static func identifier(_ text: String) throws -> Identifier {
        do { return try Identifier(text) } catch {
            throw ValidationError("This is not an id: \(ErrorText.withoutPlace(error)).")
        }
    }
}
