import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct LookupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup", abstract: "Read at random, one read after the other.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Reads of each kind. The first 1,000 are the cold ones.") var count = 10_000

    private static let coldCount = 1000

    func validate() throws {
        guard count > Self.coldCount else { throw ValidationError("--count is more than 1000") }
    }

    func run() async throws {
        let chat = try options.open()
        let store = chat.store
        var report = Report("lookup", isJSON: options.json)
        let (messages, sessions) = try sample(store)
        guard !messages.isEmpty else { throw ValidationError("the store has no messages") }
        try measure("message", messages, &report) { id in
            try store.read { try $0.message(id) != nil }
        }
        let absent = messages.map { _ in Identifier.random() }
        try measure("absent message", absent, &report) { id in
            try store.read { try $0.message(id) == nil }
        }
        try measure("session's last 50", sessions, &report) { id in
            try store.read { try $0.messages(ofSession: id, limit: 50) != nil }
        }
        try measure("newest 50 sessions", sessions, &report) { _ in
            try store.read { try !$0.sessions(limit: 50).items.isEmpty }
        }
        try store.close()
    }

    /// Ids of messages at random positions, and of the sessions they are in.
    private func sample(
        _ store: Store
    ) throws -> (messages: [Identifier], sessions: [Identifier]) {
        var (messages, sessions): ([Identifier], [Identifier]) = ([], [])
        let head = try store.read { $0.position.rawValue }
        for _ in 0..<(head == 0 ? 0 : count * 2) where messages.count < count {
            let position = Position(.random(in: 1...head))
            guard let event = try store.read({ try $0.event(at: position) })?.event,
                event.type.rawValue == "message.created"
            else { continue }
            messages.append(event.id)
            sessions.append(event.stream.id)
        }
        return (messages, sessions.shuffled())
    }

    /// Times one read for each id. `read` says whether it gave what was expected.
    private func measure(
        _ what: String, _ ids: [Identifier], _ report: inout Report,
        _ read: (Identifier) throws -> Bool
    ) throws {
        var latencies = Latencies()
        for id in ids {
            let (isRight, took) = try measured { try read(id) }
            guard isRight else { throw ValidationError("\(what): a wrong answer for \(id)") }
            latencies.add(took)
        }
        let cold = latencies.first(Self.coldCount)
        try report.add(cells(what, "cold", cold.summary, cold.count))
        let warm = latencies.dropping(Self.coldCount)
        try report.add(cells(what, "warm", warm.summary, warm.count))
    }

    private func cells(
        _ what: String, _ state: String, _ summary: Latencies.Summary, _ count: Int
    ) -> [Report.Cell] {
        [
            Report.Cell("what", what), Report.Cell("state", state), Report.Cell("count", count),
            Report.Cell("p50_us", summary.p50), Report.Cell("p99_us", summary.p99),
            Report.Cell("mean_us", summary.mean), Report.Cell("max_us", summary.max),
        ]
    }
}
