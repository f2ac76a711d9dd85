import ArgumentParser
import Foundation
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Append events singly and measure when followers have them: in this process and in another.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Events to append.") var events = 500
    @Flag(help: .hidden) var appends = false

    private static let stream = StreamName(knownCategory: "bench", id: .random())

    func run() async throws {
        if appends {
            let store = try options.open().store
            _ = try await appendAll(store)
            return try store.close()
        }
        var report = Report("follow", isJSON: options.json)
        let store = try options.openOrCreate().store
        for isHere in [true, false] {
            let start = try store.read { $0.position }
            let end = Position(start.rawValue + UInt64(events))
            let follower = Task {
                var latencies = Latencies()
                for try await event in store.events(after: start, through: .position(end)) {
                    let now = SystemClock.monotonicMicroseconds
                    let sent = UInt64(event.event.data.integer("sent") ?? 0)
                    latencies.add(.microseconds(Int64(now - sent)))
                }
                return latencies
            }
            var cells: [Report.Cell] = []
            if isHere {
                let answers = try await appendAll(store).summary
                cells = [Report.Cell("append_p50_ms", answers.p50 / 1e3, places: 2)]
            } else {
                try appendElsewhere()
            }
            let latencies = try await follower.value
            try report.add(
                [Report.Cell("appended", isHere ? "same process" : "another process")]
                    + [Report.Cell("events", latencies.count)]
                    + Report.Cell.milliseconds("append_to_follower", latencies.summary) + cells)
        }
        try store.close()
    }

    /// One event after the other, with pauses that no rhythm of the follower's fits. Gives how long
    /// each took to be answered.
    private func appendAll(_ store: Store) async throws -> Latencies {
        var answers = Latencies()
        for _ in 0..<events {
            try await Task.sleep(for: .microseconds(Int64.random(in: 2_000...20_000)))
            let sent = Int64(SystemClock.monotonicMicroseconds)
            let event = Event(
                type: EventType("bench.sent"), stream: Self.stream,
                data: try Record([("sent", .integer(sent))]))
            _ = try await store.append(Append([event]))
            let answered = Int64(SystemClock.monotonicMicroseconds)
            answers.add(.microseconds(answered - sent))
        }
        return answers
    }

    private func appendElsewhere() throws {
        let child = Process()
        child.executableURL = Bundle.main.executableURL
        child.arguments = [
            "follow", "--store", options.store, "--events", "\(events)", "--appends",
        ]
        try child.run()
        child.waitUntilExit()
        guard child.terminationStatus == 0 else { throw ExitCode(child.terminationStatus) }
    }
}
