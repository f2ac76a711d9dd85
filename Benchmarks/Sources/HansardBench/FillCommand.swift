import ArgumentParser
import Hansard
import HansardChat

struct FillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill",
        abstract: "Append a corpus again and again, with fresh ids, and say how fast that went.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Events to append.") var events = 100_000
    @Option(help: "Events in one append.") var batch = 1000
    @Option(parsing: .upToNextOption, help: "JSON Lines files, plain or .zst.")
    var corpus = ["Tests/Fixtures/excerpt.jsonl"]
    @Option(help: "Tasks that encode while others wait for their commit.") var callers = 2
    @Option(help: "Events after which the tail is written to the index.")
    var flushEvents = Store.Settings().flushEventsMax
    @Option(help: "Level of compression.") var level = Store.Settings().compressionLevel
    @Flag(help: "Keep no Merkle tree, to see what it costs.") var withoutTree = false
    @Option(help: "Gives the ids. With the same seed again, they are conflicts.")
    var seed = UInt64.random(in: .min ... .max)

    func validate() throws {
        guard events > 0, batch > 0, callers > 0 else {
            throw ValidationError("--events, --batch and --callers are at least 1")
        }
    }

    func run() async throws {
        let corpus = try Corpus(files: corpus)
        var settings = Store.Settings()
        settings.flushEventsMax = flushEvents
        settings.compressionLevel = level
        settings.keepsTree = !withoutTree
        let chat = try options.openOrCreate(settings)
        var report = Report("fill", isJSON: options.json)
        try report.add(generatorCells(corpus, chat.store))
        let run = FillRun(store: chat.store, events: events, batch: batch, report: report)
        let lanes = (0..<callers).map {
            CorpusRepeater(corpus: corpus, lane: $0, of: callers, seed: seed)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in lanes { group.addTask { try await run.append(lane) } }
            try await group.waitForAll()
        }
        try run.finish { try chat.store.close() }
    }

    /// The cost of making the events without the store, and of encoding them without a commit.
    private func generatorCells(_ corpus: Corpus, _ store: Store) throws -> [Report.Cell] {
        let count = min(events, Self.generatedMax)
        var repeater = CorpusRepeater(corpus: corpus, lane: 0, of: 1, seed: ~seed)
        let generated = measured {
            for _ in stride(from: 0, to: count, by: batch) { _ = repeater.next(batch) }
        }
        let samples = (0..<(count + batch - 1) / batch).map { _ in repeater.next(batch) }
        let prepared = try measured {
            for events in samples { _ = try store.prepare(Append(events)) }
        }
        return [
            Report.Cell("corpus_events", corpus.templates.count),
            .rate("generated_per_s", samples.count * batch, in: generated.took),
            .rate("encoded_per_s", samples.count * batch, in: prepared.took),
            Report.Cell("seed", "\(seed)"),
        ]
    }

    private static let generatedMax = 50_000
}
