import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords
import Synchronization

struct SwapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swap",
        abstract: "Append and read while generations of the index are built by another process.",
        discussion: """
            Start 'hansard rebuild' on the same store in another terminal, as often as you like. \
            Latencies of one appending and one reading thread are counted in two groups: those around \
            a swap, and all others. Around a swap means from 20 ms before this process has seen it to \
            500 ms after it has moved. 'appends_held_ms' is the time a swap itself held appends.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "Seconds to go on for.") var seconds = 20.0
    @Option(help: "Microseconds between an answer and the next append.") var pause = 0

    func run() async throws {
        let chat = try options.openOrCreate()
        let load = SwapLoad(chat.store, pauseMicroseconds: pause)
        let threads = try load.start()
        var swaps: [Swap] = []
        let end = SystemClock.monotonicMicroseconds + UInt64(seconds * 1e6)
        var generation = try chat.store.statistics().indexGeneration
        var seenAt: UInt64?
        while case let now = SystemClock.monotonicMicroseconds, now < end {
            let statistics = try chat.store.statistics()
            if statistics.liveGeneration != generation && seenAt == nil { seenAt = now }
            if statistics.indexGeneration != generation {
                swaps.append(
                    Swap(
                        moving: (seenAt ?? now)...SystemClock.monotonicMicroseconds,
                        held: statistics.swapHeld ?? .zero))
                (generation, seenAt) = (statistics.indexGeneration, nil)
            }
            Pause.milliseconds(1)
        }
        load.stop()
        for thread in threads { thread.join() }
        try report(swaps, load)
        try chat.store.close()
    }

    private struct Swap {
        /// From when the swap was seen until this process had moved over.
        let moving: ClosedRange<UInt64>
        let held: Duration
    }

    private func report(_ swaps: [Swap], _ load: SwapLoad) throws {
        var report = Report("swap", isJSON: options.json)
        for (number, swap) in swaps.enumerated() {
            try report.add([
                Report.Cell("swap", number + 1),
                Report.Cell("appends_held_ms", swap.held / .milliseconds(1)),
                Report.Cell(
                    "seen_to_moved_ms",
                    Double(swap.moving.upperBound - swap.moving.lowerBound) / 1e3),
            ])
        }
        let windows = swaps.map {
            ($0.moving.lowerBound - 20_000)...($0.moving.upperBound + 500_000)
        }
        for (what, samples) in try load.samples() {
            for isAround in [false, true] {
                var latencies = Latencies()
                for sample in samples
                where windows.contains(where: { $0.contains(sample.at) }) == isAround {
                    latencies.add(sample.took)
                }
                try report.add(
                    [
                        Report.Cell("what", what),
                        Report.Cell("when", isAround ? "around swaps" : "else"),
                        Report.Cell("count", latencies.count),
                    ] + Report.Cell.milliseconds("took", latencies.summary))
            }
        }
    }
}

/// A thread that appends and one that reads what was appended last.
private final class SwapLoad: Sendable {
    struct Sample {
        /// When it ended, monotonic, in microseconds.
        let at: UInt64
        let took: Duration
    }

    private struct State {
        var samples: [String: [Sample]] = [:]
        var failure: (any Error)?
    }

    private let store: Store
    private let pause: Int
    private let isStopped = Atomic(false)
    private let last = Mutex<Identifier?>(nil)
    private let state = Mutex(State())

    init(_ store: Store, pauseMicroseconds: Int) {
        self.store = store
        pause = pauseMicroseconds
    }

    func start() throws -> [DedicatedThread] {
        [
            try DedicatedThread(name: "appends") { [self] in keep("append") { try append() } },
            try DedicatedThread(name: "reads") { [self] in keep("read") { try read() } },
        ]
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    func samples() throws -> [(String, [Sample])] {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.samples.sorted { $0.key < $1.key }
        }
    }

    private func keep(_ what: String, _ measure: () throws -> [Sample]) {
        let result = Result { try measure() }
        state.withLock { state in
            switch result {
            case .success(let samples): state.samples[what] = samples
            case .failure(let failure): state.failure = failure
            }
        }
    }

    private func repeated(pause: Int, _ body: () throws -> Void) throws -> [Sample] {
        var samples: [Sample] = []
        while !isStopped.load(ordering: .relaxed) {
            let took = try measured(body).took
            samples.append(Sample(at: SystemClock.monotonicMicroseconds, took: took))
            if pause >= 1_000 { Pause.milliseconds(pause / 1_000) }
        }
        return samples
    }

    private func append() throws -> [Sample] {
        let client = SinglesClient()
        _ = try store.appendBlocking(client.session())
        return try repeated(pause: pause) {
            let message = try client.message()
            _ = try store.appendBlocking(message)
            last.withLock { $0 = message.events[0].id }
        }
    }

    /// One read, then a pause: a reader that never rests would take a core.
    private func read() throws -> [Sample] {
        try repeated(pause: 1_000) {
            guard let id = last.withLock({ $0 }) else { return }
            guard try store.read({ try $0.event(withID: id) != nil }) else {
                throw ValidationError("an event that was answered is not to be read")
            }
        }
    }
}
