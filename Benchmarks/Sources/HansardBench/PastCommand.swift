import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct PastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "past",
        abstract: "Read whole sessions as they were at random moments since they were complete.",
        discussion: "Adds the sessions to the store: their messages lie between each other.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Messages in each session.") var messages = 100
    @Option(help: "Sessions to make.") var sessions = 100
    @Option(help: "Reads. The first tenth is left out of the figures.") var count = 2_000

    func run() async throws {
        guard messages > 0, sessions > 0, count >= 10 else {
            throw ValidationError("--messages and --sessions are at least 1, --count 10")
        }
        let chat = try options.openOrCreate()
        let clients = (0..<sessions).map { _ in SinglesClient() }
        for client in clients { _ = try await chat.store.append(client.session()) }
        for _ in 0..<messages {
            let events = try clients.flatMap { try $0.message().events }
            _ = try await chat.store.append(Append(events))
        }
        let complete = try chat.store.read { $0.position.rawValue }
        // Later events, among which the moments are.
        for _ in 0..<messages { _ = try await chat.store.append(clients[0].message()) }
        let head = try chat.store.read { $0.position.rawValue }
        var latencies = Latencies()
        for number in 0..<count {
            let client = clients[.random(in: 1..<max(2, sessions)) % sessions]
            let moment = Position(.random(in: complete...head))
            let (read, took) = try measured {
                try chat.store.read { view in
                    try view.past(asOf: moment).messages(ofSession: client.id, limit: messages)?
                        .items.count
                }
            }
            guard read == messages else {
                throw ValidationError("a session had \(read ?? 0) messages, not \(messages)")
            }
            if number >= count / 10 { latencies.add(took) }
        }
        try chat.store.close()
        var report = Report("past", isJSON: options.json)
        try report.add(
            [
                Report.Cell("events", Int(head)), Report.Cell("messages", messages),
                Report.Cell("count", latencies.count),
            ] + Report.Cell.milliseconds("read", latencies.summary))
    }
}
