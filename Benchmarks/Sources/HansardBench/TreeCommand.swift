import ArgumentParser
import Hansard
import HansardChat

struct TreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Append to a store with the Merkle tree and to one without, by turns.",
        discussion: """
            Machines are faster at one minute than at another: what the tree costs shows only when both \
            stores are filled side by side. A turn ends when its store is closed, with everything in the \
            index.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "Events in a turn.") var events = 100_000
    @Option(help: "Turns of each store. The first is left out of the figures.") var turns = 9
    @Option(help: "Events in one append.") var batch = 1000
    @Option(help: "Tasks that encode while others wait for their commit.") var callers = 2
    @Option(parsing: .upToNextOption, help: "JSON Lines files, plain or .zst.")
    var corpus = ["Tests/Fixtures/excerpt.jsonl"]

    func validate() throws {
        guard events > 0, turns > 1, batch > 0, callers > 0 else {
            throw ValidationError("--turns is at least 2, the others at least 1")
        }
    }

    func run() async throws {
        let corpus = try Corpus(files: corpus)
        var took: [Bool: [Double]] = [:]
        var lanes = (0..<callers).map {
            CorpusRepeater(corpus: corpus, lane: $0, of: callers, seed: .random(in: 1 ... .max))
        }
        for turn in 0..<turns {
            for keepsTree in turn.isMultiple(of: 2) ? [true, false] : [false, true] {
                let (seconds, moved) = try await fill(lanes, keepsTree: keepsTree)
                lanes = moved
                if turn > 0 { took[keepsTree, default: []].append(seconds) }
            }
        }
        try report(with: took[true] ?? [], without: took[false] ?? [])
    }

    private func fill(
        _ lanes: [CorpusRepeater], keepsTree: Bool
    ) async throws -> (seconds: Double, lanes: [CorpusRepeater]) {
        var settings = Store.Settings()
        settings.keepsTree = keepsTree
        let store = try options.openOrCreate(
            settings, suffix: keepsTree ? "-with" : "-without"
        ).store
        let clock = ContinuousClock()
        let start = clock.now
        let share = events / callers
        let moved = try await withThrowingTaskGroup(of: CorpusRepeater.self) { group in
            for lane in lanes { group.addTask { try await append(share, from: lane, to: store) } }
            var moved: [CorpusRepeater] = []
            for try await lane in group { moved.append(lane) }
            return moved
        }
        try store.close()
        return ((clock.now - start).inSeconds, moved)
    }

    private func append(
        _ count: Int, from lane: CorpusRepeater, to store: Store
    ) async throws -> CorpusRepeater {
        var lane = lane
        for _ in stride(from: 0, to: count, by: batch) {
            let prepared = try store.prepare(Append(lane.next(batch)))
            _ = try await store.enqueue([prepared]).answers()[0].get()
        }
        return lane
    }

    private func report(with: [Double], without: [Double]) throws {
        func rate(_ seconds: [Double]) -> Int { Int(Double(events) / Self.median(seconds)) }
        let costs = zip(with, without).map { 100 * (1 - $1 / $0) }
        var report = Report("tree", isJSON: options.json)
        try report.add([
            Report.Cell("turns", with.count), Report.Cell("with_per_s", rate(with)),
            Report.Cell("without_per_s", rate(without)),
            Report.Cell("cost_percent", Self.median(costs)),
            Report.Cell("cost_of_medians", 100 * (1 - Self.median(without) / Self.median(with))),
            Report.Cell("least_percent", costs.min() ?? 0),
            Report.Cell("most_percent", costs.max() ?? 0),
        ])
    }

    private static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        if sorted.isEmpty { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
