import Hansard
import HansardBindings
import HansardProjections
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Several processes on one store, killed at random moments while others go on.
@Suite(.serialized) struct CrashTests {
    /// An answered append is there, once; any other is there whole or not at all; and index and
    /// tail are a replay of the log. `HANSARD_KILLS` sets how many processes are killed.
    @Test func nothingAnsweredIsLost() throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        let killsMax = EnvironmentVariables.value("HANSARD_KILLS").flatMap { Int($0) } ?? 30
        var kills = 0
        var answers = 0
        while kills < killsMax {
            var round = try CrashRound(random.fork())
            kills += try round.run(kills: min(10, killsMax - kills))
            answers += round.answersCount
            let problems = try round.problems()
            try #require(problems == [], "\(seed.repeating("CrashTests")), after \(kills) kills")
        }
        print("\(kills) processes killed, \(answers) answers, seed \(seed)")
    }
}

/// A store, the workers on it, and all that they were answered.
private struct CrashRound {
    private let directory: TemporaryDirectory
    private let path: String
    private let pool: UInt64
    private var random: SeededGenerator
    private var workers: [WorkerProcess] = []
    /// Builds one generation of the index after the other beside them.
    private var rebuilding: WorkerProcess?
    private var answers: [[String]] = []
    private var problemsFound: [String] = []

    init(_ random: SeededGenerator) throws {
        self.random = random
        pool = self.random.next()
        directory = try TemporaryDirectory()
        path = directory.path("store")
        try Store.create(at: path)
        for _ in 0..<1 + self.random.below(3) { try start() }
    }

    var answersCount: Int { answers.reduce(0) { $0 + $1.count } }

    private mutating func start() throws {
        workers.append(
            try WorkerProcess(
                path, seed: random.next(), pool: pool, operations: 40 + random.below(200)))
    }

    /// Kills workers one after the other, each followed by a new one; at last all at once, or none.
    mutating func run(kills: Int) throws -> Int {
        var killed = 0
        while killed < kills {
            if let rebuilding, random.chance(40) {
                killed += end(rebuilding, byKilling: true) ? 1 : 0
                self.rebuilding = nil
            } else if rebuilding == nil, random.chance(50) {
                rebuilding = try WorkerProcess.rebuilding(path, count: 1_000)
            }
            let victim = workers.remove(at: random.below(workers.count))
            victim.wait(forLines: random.chance(20) ? 0 : victim.lines.count + random.below(25))
            for _ in 0..<random.below(100_000) { _ = random.next() }
            if end(victim, byKilling: true) { killed += 1 }
            if random.chance(15), workers.count > 0 { try audit() }
            try start()
        }
        let areKilled = random.chance(50)
        for worker in workers where end(worker, byKilling: areKilled) { killed += 1 }
        workers = []
        if let rebuilding, end(rebuilding, byKilling: true) { killed += 1 }
        rebuilding = nil
        return killed
    }

    /// True when it was killed.
    private mutating func end(_ worker: WorkerProcess, byKilling: Bool) -> Bool {
        let end = byKilling ? worker.kill() : worker.end()
        if end == .failed { problemsFound.append("a worker failed") }
        answers.append(worker.lines)
        return end == .killed
    }

    /// Opens the store beside the workers, once, and reads all of it.
    private mutating func audit() throws {
        let store = try Store.open(path, units: ChatUnits.all)
        problemsFound += try store.read { view in
            _ = try TableContents(view)
            return try ModelComparison.differences(
                ModelStore(readingTo: view), view, sample: 20, random.fork())
        }
        try store.close()
    }

    mutating func problems() throws -> [String] {
        problemsFound + (try CrashAudit.problems(of: path, answers: answers, random.fork()))
    }
}
