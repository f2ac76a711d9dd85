import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete large sessions one by one, each paired with an append of one message.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Messages in each session.") var messages = 100_000
    @Option(help: "Sessions to delete.") var sessions = 12

    func run() async throws {
        let chat = try options.openOrCreate()
        let other = SinglesClient()
        _ = try await chat.store.append(other.session())
        let clients = (0..<sessions).map { _ in SinglesClient() }
        for client in clients { try await fill(client, chat) }
        var (deletes, appends) = (Latencies(), Latencies())
        for client in clients {
            let start = ContinuousClock.now
            guard try await chat.perform(.deleteSession(client.id)) else {
                throw ValidationError("a session was not there")
            }
            let middle = ContinuousClock.now
            _ = try await chat.perform(.createMessage(other.record()))
            deletes.add(middle - start)
            appends.add(ContinuousClock.now - middle)
        }
        var report = Report("delete", isJSON: options.json)
        for (name, latencies) in [("delete", deletes), ("append", appends)] {
            try report.add(
                [.init("what", name), .init("messages", messages), .init("count", latencies.count)]
                    + Report.Cell.milliseconds("one", latencies.summary))
        }
        try chat.store.close()
    }

    private func fill(_ client: SinglesClient, _ chat: Chat) async throws {
        _ = try await chat.store.append(client.session())
        var left = messages
        while left > 0 {
            let count = min(left, 1_000)
            let appends = try (0..<count).map { _ in try chat.store.prepare(client.message()) }
            for answer in await chat.store.enqueue(appends).answers() { _ = try answer.get() }
            left -= count
        }
    }
}
