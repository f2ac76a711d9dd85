import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords
import Synchronization

struct SinglesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "singles", abstract: "Append messages one by one from many clients at once.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Numbers of clients, separated by commas.") var clients = "1,8,64,256"
    @Option(help: "Seconds for each number of clients.") var seconds = 3.0

    func run() async throws {
        let chat = try options.openOrCreate()
        var report = Report("singles", isJSON: options.json)
        for count in try counts() {
            try report.add(cells("async", count, try await tasks(count, chat.store)))
            try report.add(cells("blocking", count, try threads(count, chat.store)))
        }
        try chat.store.close()
    }

    private func counts() throws -> [Int] {
        try clients.split(separator: ",").map {
            guard let count = Int($0), count > 0 else {
                throw ValidationError("--clients is a list of numbers, such as 1,8,64")
            }
            return count
        }
    }

    private func cells(
        _ call: String, _ clients: Int, _ latencies: Latencies
    ) -> [Report.Cell] {
        [
            Report.Cell("call", call), Report.Cell("clients", clients),
            Report.Cell("appends", latencies.count),
            .rate("appends_per_s", latencies.count, in: .seconds(seconds)),
        ] + Report.Cell.milliseconds("append", latencies.summary)
    }

    /// Every client is a task.
    private func tasks(_ count: Int, _ store: Store) async throws -> Latencies {
        let end = ContinuousClock.now + .seconds(seconds)
        return try await withThrowingTaskGroup(of: Latencies.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let client = SinglesClient()
                    _ = try await store.append(client.session())
                    var latencies = Latencies()
                    while case let start = ContinuousClock.now, start < end {
                        _ = try await store.append(client.message())
                        latencies.add(ContinuousClock.now - start)
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: Latencies()) { $0.add($1) }
        }
    }

    /// Every client is a thread that blocks.
    private func threads(_ count: Int, _ store: Store) throws -> Latencies {
        let end = ContinuousClock.now + .seconds(seconds)
        let outcome = Outcome()
        let threads = try (0..<count).map { number in
            try DedicatedThread(name: "client-\(number)") {
                outcome.add {
                    let client = SinglesClient()
                    _ = try store.appendBlocking(client.session())
                    var latencies = Latencies()
                    while case let start = ContinuousClock.now, start < end {
                        _ = try store.appendBlocking(client.message())
                        latencies.add(ContinuousClock.now - start)
                    }
                    return latencies
                }
            }
        }
        for thread in threads { thread.join() }
        return try outcome.get()
    }
}

/// The times that threads measured, or the failure of one.
private final class Outcome: Sendable {
    private let result = Mutex<Result<Latencies, any Error>>(.success(Latencies()))

    func add(_ body: () throws -> Latencies) {
        let added = Result { try body() }
        result.withLock { result in
            result = result.flatMap { sum in
                added.map { latencies in
                    var sum = sum
                    sum.add(latencies)
                    return sum
                }
            }
        }
    }

    func get() throws -> Latencies { try result.withLock { try $0.get() } }
}

/// A client with a session of its own.
struct SinglesClient {
    let id = Identifier.random()
    private static let created = "2025-03-03T07:00:20.189781Z"

    func session() throws -> Append {
        try ChatEvents.sessionCreated(
            id, Record([("title", .string("A trial")), ("created_at", .string(Self.created))]))
    }

    func message() throws -> Append { try ChatEvents.messageCreated(record()) }

    func record() throws -> Record {
        let text = "I need to take a train from Cambridge and arrive at my destination by 17:00."
        let part = Value.object([("type", .string("text")), ("content", .string(text))])
        return try Record([
            ("message_uuid", .string(Identifier.random().text)), ("session_id", .string(id.text)),
            ("type", .string("user")), ("role", .string("initiator")), ("agent_id", .null),
            ("parts", .array([part])), ("in_reply_to", .null),
            ("created_at", .string(Self.created)),
        ])
    }
}
