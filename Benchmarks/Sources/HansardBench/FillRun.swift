import Hansard
import HansardBindings
import Synchronization

/// One fill: hands out shares of the events to callers and reports at each power of ten.
final class FillRun: Sendable {
    private struct State {
        var unclaimed: Int
        var done = 0
        /// Since the last row.
        var latencies = Latencies()
        /// Events done, and when.
        var history: [(done: Int, at: ContinuousClock.Instant)]
        var nextRow = FillRun.firstRow
        var memoryPeak = 0
        var report: Report
    }

    private let store: Store
    private let events: Int
    private let batch: Int
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let state: Mutex<State>

    private static let firstRow = 10_000
    private static let windowEvents = 100_000
    /// Appends between two looks at the memory, which cost some 50 µs each.
    private static let memoryInterval = 16

    init(store: Store, events: Int, batch: Int, report: Report) {
        self.store = store
        self.events = events
        self.batch = batch
        start = clock.now
        state = Mutex(State(unclaimed: events, history: [(0, start)], report: report))
    }

    /// One caller: makes, encodes and appends lots until the events are used up.
    func append(_ lane: CorpusRepeater) async throws {
        var lane = lane
        while case let count = claim(), count > 0 {
            let prepared = try store.prepare(Append(lane.next(count)))
            let queued = clock.now
            _ = try await store.enqueue([prepared]).answers()[0].get()
            try answered(count, after: clock.now - queued)
        }
    }

    private func claim() -> Int {
        state.withLock { state in
            let count = min(batch, state.unclaimed)
            state.unclaimed -= count
            return count
        }
    }

    private func answered(_ count: Int, after latency: Duration) throws {
        try state.withLock { state in
            state.done += count
            state.latencies.add(latency)
            state.history.append((state.done, clock.now))
            if state.history.count % Self.memoryInterval == 0 { Self.watchMemory(&state) }
            if state.done < min(state.nextRow, events) { return }
            try addRow(&state)
            while state.nextRow <= state.done { state.nextRow *= 10 }
        }
    }

    private static func watchMemory(_ state: inout State) {
        state.memoryPeak = max(state.memoryPeak, ProcessMemory.anonymousBytes ?? 0)
    }

    private func addRow(_ state: inout State) throws {
        Self.watchMemory(&state)
        let now = clock.now
        let before = state.history.last { $0.done <= state.done - Self.windowEvents }
        let window = before ?? (0, start)
        let cells: [Report.Cell] =
            [
                Report.Cell("events", state.done),
                .rate("events_per_s", state.done, in: now - start),
                .rate("last_1e5_per_s", state.done - window.done, in: now - window.at),
            ] + Report.Cell.milliseconds("commit", state.latencies.summary)
        try state.report.add(cells + sizes() + [memory(state)])
        state.latencies = Latencies()
    }

    /// Bytes for each event of the store, those that were there before included.
    private func sizes() throws -> [Report.Cell] {
        let statistics = try store.statistics()
        func perEvent(_ name: String, _ bytes: Int) -> Report.Cell {
            Report.Cell(name, Double(bytes) / Double(max(1, statistics.head.rawValue)))
        }
        return [
            perEvent("log_live_B", statistics.log.liveBytes),
            perEvent("log_file_B", statistics.log.fileBytes),
            perEvent("index_live_B", statistics.index.liveBytes),
            perEvent("index_file_B", statistics.index.fileBytes),
        ]
    }

    private func memory(_ state: State) -> Report.Cell {
        Report.Cell("anon_peak_MB", state.memoryPeak >> 20)
    }

    /// Closes the store and reports how long its last flush took.
    func finish(closing close: () throws -> Void) throws {
        try state.withLock { state in
            let closed = try measured { try close() }
            try state.report.add([
                Report.Cell("close_ms", closed.took.inMilliseconds),
                .rate("events_per_s_closed", state.done, in: clock.now - start),
            ])
        }
    }
}
