import ArgumentParser
import Foundation
import Hansard
import HansardBindings
import HansardChat
import HansardRecords
import Synchronization

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Append while a backup watches, and see how far behind it is.",
        discussion: """
            The lag of an append is the time from its answer until the backup's manifest, which is written \
            when the events before it are on the disk, says that it counts.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "The backup's directory.") var backup: String
    @Option(help: "Seconds to append for.") var seconds = 10.0
    @Option(help: "Milliseconds between two appends.") var pause = 20
    @Option(help: "Messages in one append.") var batch = 10

    func run() async throws {
        let chat = try options.openOrCreate()
        let client = SinglesClient()
        _ = try chat.store.appendBlocking(client.session())
        let state = WatchState()
        let (path, directory) = (options.store, backup)
        let watcher = try DedicatedThread(name: "watch") {
            state.keep {
                _ = try Backup(ofStore: path, to: directory).watch(isCancelled: { state.isEnded })
            }
        }
        var acknowledged: [(position: UInt64, at: ContinuousClock.Instant)] = []
        var lags = Latencies()
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end || !acknowledged.isEmpty {
            if ContinuousClock.now < end {
                let append = try Append((0..<batch).flatMap { _ in try client.message().events })
                let answer = try chat.store.appendBlocking(append)
                acknowledged.append((answer.positions.last?.rawValue ?? 0, ContinuousClock.now))
            }
            let next = ContinuousClock.now + .milliseconds(pause)
            while ContinuousClock.now < next {
                let through = through()
                let now = ContinuousClock.now
                while let first = acknowledged.first, first.position <= through {
                    lags.add(now - first.at)
                    acknowledged.removeFirst()
                }
                Pause.milliseconds(1)
            }
            if let failure = state.failure { throw failure }
        }
        state.end()
        watcher.join()
        try chat.store.close()
        var report = Report("watch", isJSON: options.json)
        try report.add(
            [Report.Cell("appends", lags.count), Report.Cell("batch", batch)]
                + Report.Cell.milliseconds("lag", lags.summary))
    }

    /// The last event that counts; none while there is no manifest.
    private func through() -> UInt64 {
        guard let data = FileManager.default.contents(atPath: "\(backup)/backup.json"),
            let manifest = try? Record(json: String(decoding: data, as: UTF8.self))
        else { return 0 }
        return UInt64(manifest.integer("through") ?? 0)
    }
}

/// State the watching thread shares with the one that appends.
private final class WatchState: Sendable {
    private struct State {
        var isEnded = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    var isEnded: Bool { state.withLock { $0.isEnded } }
    var failure: (any Error)? { state.withLock { $0.failure } }
    func end() { state.withLock { $0.isEnded = true } }

    func keep(_ body: () throws -> Void) {
        do { try body() } catch { state.withLock { $0.failure = error } }
    }
}
