import Hansard
import HansardChat
import HansardProjections
import HansardRecords
import HansardTesting
import Synchronization
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Random commands; then every query as of past positions and times answers as the model did at
/// that moment.
@Suite struct PastTests {
    @Test(arguments: 0..<3) func thePastIsWhatItWas(run: Int) throws {
        let seed = Seed.current()
        do {
            var run = try PastRun(SeededGenerator(seed: seed.value &+ UInt64(run)))
            for _ in 0..<250 { try run.step() }
            for _ in 0..<60 {
                let found = try run.look()
                try #require(found.isEmpty, "\(found.joined(separator: "\n"))")
            }
            try run.chat.store.close()
        } catch {
            Issue.record(error, "\(seed.repeating("PastTests"))")
        }
    }
}

/// One store, and the model as it was after each event that ended a command.
private struct PastRun {
    private let directory: TemporaryDirectory
    private let clock = HandClock()
    let chat: Chat
    private var commands: RandomCommands
    private var random: SeededGenerator
    private var model = ModelContract()
    private var moments: [UInt64: ModelContract] = [:]

    /// A clock moved by hand, from 2026-01-01T00:00:00Z on.
    private final class HandClock: Sendable {
        private let microseconds = Mutex<Int64>(1_767_225_600_000_000)
        var reading: Instant { .microseconds(microseconds.withLock { $0 }) }
        func advance(_ by: Int64) { microseconds.withLock { $0 += by } }
    }

    init(_ random: SeededGenerator) throws {
        self.random = random
        commands = try RandomCommands(self.random.fork())
        directory = try TemporaryDirectory()
        try Store.create(at: directory.path("store"))
        var settings = Store.Settings()
        settings.flushAge = .seconds(3_600)
        settings.flushEventsMax = self.random.pick([1, 10, 50, 100_000])
        settings.compressionLevel = 1
        settings.clock = { [clock] in clock.reading }
        chat = Chat(
            store: try Store(
                files: StoreFiles(directory: directory.path("store"), signing: CheckpointSigning()),
                units: ChatUnits.all,
                settings: settings))
    }

    mutating func step() throws {
        if random.chance(40) { clock.advance(Int64(random.below(3_000)) * 100_000) }
        let command = try commands.next()
        let wanted = try model.apply(command, at: chat.now)
        let found = command.perform(on: chat)
        try #require(found == wanted, "\(command) is answered \(found), not \(wanted)")
        moments[model.end] = model
    }

    /// A past moment, by position or by time: what is answered wrongly about it.
    mutating func look() throws -> [String] {
        let positions = moments.keys.filter { $0 > 0 }.sorted()
        let position = random.pick(positions)
        return try chat.read { view in
            guard random.chance(50), let event = try view.event(at: Position(position)) else {
                let past = try view.past(asOf: Position(position))
                return try differences(past, "event \(position)")
            }
            // Anything up to the microsecond before the next event.
            let next = try view.event(at: Position(position + 1))?.recordedMicroseconds
            let end = (next ?? event.recordedMicroseconds + 1_000) - 1
            guard end >= event.recordedMicroseconds else { return [] }
            let time = event.recordedMicroseconds
                + Int64(random.below(Int(end - event.recordedMicroseconds) + 1))
            let past = try view.past(asOf: Instant(microsecondsSinceUnixEpoch: time))
            guard past.position == Position(position) else {
                return ["\(time) is event \(past.position), not \(position)"]
            }
            return try differences(past, "time \(time), event \(position)")
        }
    }

    private func differences(_ past: PastView, _ when: String) throws -> [String] {
        guard let then = moments[past.position.rawValue]?.shown(after: model) else {
            return ["\(when): no model"]
        }
        var found: [String] = []
        func expect(_ answer: String, _ wanted: String, _ what: String) {
            if answer != wanted { found.append("\(when): \(what) is \(answer), not \(wanted)") }
        }
        func text(_ records: [Record]?) throws -> String {
            try records?.map { try $0.json() }.joined(separator: "\n") ?? "nothing"
        }
        for kind in RecordKind.allCases {
            // Those of later, and one there never was, are not there yet.
            for id in Set(model.entries.filter { $0.kind == kind }.map(\.id) + [.random()]) {
                let answer =
                    switch kind {
                    case .agent: try past.agent(id)
                    case .session: try past.session(id)
                    case .message: try past.message(id)
                    case .context: try past.context(id)
                    case .task: try past.task(id)
                    }
                try expect(
                    text(answer.map { [$0.fields] }), text(then.record(kind, id).map { [$0] }),
                    "\(kind) \(id)")
            }
        }
        found += try agentDifferences(past, then, when)
        found += try listDifferences(past, then).map { "\(when): \($0)" }
        let summaries = try past.sessions(limit: 1_000).items
        for summary in summaries {
            let count = try past.messagesCount(ofSession: summary.id)
            expect("\(summary.messagesCount ?? -1)", "\(count ?? -1)", "the list's number")
        }
        let sessions = summaries.map(\.session.position.rawValue)
        expect(
            "\(sessions)", "\(then.list(.session).map(\.position).reversed() as [UInt64])",
            "sessions")
        for id in Set(model.entries.filter { $0.kind == .session }.map(\.id)) {
            let page = try past.messages(ofSession: id, limit: 1_000, .forwards)
            let wanted = then.present(.session, id).map { _ in
                then.messages(ofSession: id).map(then.shown)
            }
            try expect(text(page?.items.map(\.fields)), text(wanted), "messages of \(id)")
            let count = try past.messagesCount(ofSession: id)
            expect("\(count ?? -1)", "\(wanted?.count ?? -1)", "the number of messages of \(id)")
            let contexts = then.list(.context) { $0.has("session_id", id) }
            try expect(
                text(past.contexts(ofSession: id).map(\.fields)),
                text(contexts.reversed().map(then.shown)), "contexts of \(id)")
            let session = then.present(.session, id)?.position
            let tasks = then.list(.task) { session != nil && $0.session == session }
            try expect(
                text(past.tasks(ofSession: id, includingCompleted: true).map(\.fields)),
                text(tasks.reversed().map(then.shown)), "tasks of \(id)")
            let open = tasks.filter { task in
                !["completed", "cancelled"].contains(task.fields.string("status") ?? "")
            }
            var (pages, next) = ([ChatRecord](), PageCursor?.none)
            repeat {
                let page = try past.taskPage(ofSession: id, limit: 2, after: next)
                pages += page.items
                next = page.next
            } while next != nil
            try expect(
                text(pages.map(\.fields)), text(open.reversed().map(then.shown)),
                "open tasks of \(id)")
        }
        return found
    }

    /// The agents there were, and what each had said, in pages.
    private func agentDifferences(
        _ past: PastView, _ then: ModelContract, _ when: String
    ) throws -> [String] {
        var found: [String] = []
        func compare(_ answer: [Record], _ wanted: [Record], _ what: String) throws {
            let texts = try [answer, wanted].map { try $0.map { try $0.json() } }
            if texts[0] != texts[1] {
                found.append("\(when): \(what) is \(texts[0]), not \(texts[1])")
            }
        }
        let agents = then.list(.agent).sorted {
            Array($0.id.text.utf8).lexicographicallyPrecedes(Array($1.id.text.utf8))
        }
        try compare(past.agents().map(\.fields), agents.map(then.shown), "agents")
        for id in Set(model.entries.filter { $0.kind == .agent }.map(\.id)) {
            let wanted = then.list(.message) { $0.has("agent_id", id) }.map(then.shown)
            for direction in [Direction.forwards, .backwards] {
                var (messages, cursor) = ([Record](), PageCursor?.none)
                repeat {
                    let page = try past.messages(ofAgent: id, limit: 3, after: cursor, direction)
                    messages += page.items.map(\.fields)
                    cursor = page.next
                } while cursor != nil
                try compare(
                    messages, direction == .forwards ? wanted : wanted.reversed(),
                    "messages of agent \(id)")
            }
        }
        return found
    }

    /// Tasks and contexts that are listed by what may have changed since.
    private func listDifferences(_ past: PastView, _ then: ModelContract) throws -> [String] {
        var found: [String] = []
        func compare(_ answer: [ChatRecord], _ wanted: [Record], _ what: String) throws {
            let texts = try [answer.map(\.fields), wanted].map { try $0.map { try $0.json() } }
            if texts[0] != texts[1] { found.append("\(what) are \(texts[0]), not \(texts[1])") }
        }
        func paged(_ page: (PageCursor?) throws -> Page<ChatRecord>) throws -> [ChatRecord] {
            var (records, next) = ([ChatRecord](), PageCursor?.none)
            repeat {
                let part = try page(next)
                records += part.items
                next = part.next
            } while next != nil
            return records
        }
        let agents = Set(model.entries.filter { $0.kind == .agent }.map(\.id) + [.random()])
        for status in [nil, "pending", "in_progress", "completed", "failed", "cancelled"] {
            func wanted(_ agent: Identifier?) -> [Record] {
                then.list(.task) { task in
                    (status == nil || task.fields.string("status") == status)
                        && (agent.map(task.agents.contains) ?? true)
                }.reversed().map(then.shown)
            }
            try compare(
                paged { try past.taskPage(status: status, limit: 2, after: $0) }, wanted(nil),
                "tasks, \(status ?? "all")")
            for agent in agents {
                try compare(
                    paged {
                        try past.taskPage(ofAgent: agent, status: status, limit: 2, after: $0)
                    }, wanted(agent), "tasks of \(agent), \(status ?? "all")")
            }
        }
        for now in [nil, try past.instant()] {
            func wanted(_ field: String?, _ id: Identifier?) -> [ModelContract.Entry] {
                then.list(.context) { context in
                    (field.map { context.has($0, id!) } ?? true)
                        && !(now.map(context.isExpired) ?? false)
                }
            }
            for agent in agents {
                try compare(
                    past.contexts(sharedWith: agent, unexpiredAt: now),
                    wanted("target_agent_id", agent).reversed().map(then.shown),
                    "contexts to \(agent) at \(now?.text() ?? "any time")")
                try compare(
                    past.contexts(sharedBy: agent, unexpiredAt: now),
                    wanted("source_agent_id", agent).reversed().map(then.shown),
                    "contexts from \(agent) at \(now?.text() ?? "any time")")
            }
            try compare(
                past.contexts(limit: 1_000, unexpiredAt: now),
                wanted(nil, nil).sorted { $0.position > $1.position }.map(then.shown),
                "contexts at \(now?.text() ?? "any time")")
        }
        return found
    }
}
