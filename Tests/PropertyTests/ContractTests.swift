import Hansard
import HansardBindings
import HansardChat
import HansardProjections
import HansardRecords
import HansardTesting
import Synchronization
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Random commands of every kind on one or two stores of one log, and every query after them,
/// against the model of the gateway's contract.
@Suite struct ContractTests {
    @Test(arguments: [1, 2], 0..<2) func everyQueryAnswersAsTheModel(stores: Int, run: Int) throws {
        let seed = Seed.current()
        let random = SeededGenerator(seed: seed.value &+ UInt64(run * 10 + stores))
        do {
            var run = try ContractRun(stores: stores, random)
            for step in 0..<300 {
                let found = try run.step()
                try #require(found.isEmpty, "step \(step): \(found.joined(separator: "\n"))")
            }
            let found = try run.finish()
            try #require(found.isEmpty, "at the end: \(found.joined(separator: "\n"))")
        } catch {
            Issue.record(error, "\(seed.repeating("ContractTests"))")
        }
    }
}

/// Stores on one log that share nothing but its files, as those of several processes do, and the
/// model of what they should answer.
private struct ContractRun {
    private let directory: TemporaryDirectory
    private let clock = Clock()
    private var chats: [Chat] = []
    private var commands: RandomCommands
    private var model = ModelContract()
    private var random: SeededGenerator

    private final class Clock: Sendable {
        /// From 2026-01-01T00:00:00Z on.
        private let microseconds = Mutex<Int64>(1_767_225_600_000_000)
        var reading: Instant { .microseconds(microseconds.withLock { $0 }) }
        func advance(_ microseconds: Int64) {
            self.microseconds.withLock { $0 += microseconds }
        }
    }

    init(stores: Int, _ random: SeededGenerator) throws {
        self.random = random
        commands = try RandomCommands(self.random.fork())
        directory = try TemporaryDirectory()
        try Store.create(at: directory.path("store"))
        for _ in 0..<stores { chats.append(try open()) }
    }

    private mutating func open() throws -> Chat {
        var settings = Store.Settings()
        settings.flushAge = .seconds(3_600)
        settings.flushEventsMax = random.pick([1, 3, 10, 50, 100_000])
        settings.compressionLevel = 1
        settings.clock = { [clock] in clock.reading }
        return Chat(
            store: try Store(
                files: StoreFiles(directory: directory.path("store"), signing: CheckpointSigning()),
                units: ChatUnits.all,
                settings: settings))
    }

    /// One step of one store: what is wrong afterwards.
    mutating func step() throws -> [String] {
        let number = random.below(chats.count)
        switch random.below(100) {
        case ..<80: return try perform(on: number)
        case ..<86: return try compare(number)
        case ..<90: return try readAcross(number)
        case ..<94: try chats[number].store.indexWriter.flush()
        case ..<96:
            try chats[number].store.close()
            chats[number] = try open()
        default: clock.advance(Int64(random.below(20)) * 60_000_000)
        }
        return []
    }

    private mutating func perform(on number: Int) throws -> [String] {
        let command = try commands.next()
        let wanted = try model.apply(command, at: chats[number].now)
        let found = command.perform(on: chats[number])
        return found == wanted ? [] : ["\(command) is answered \(found), not \(wanted)"]
    }

    private mutating func compare(_ number: Int) throws -> [String] {
        try chats[number].read { try differences($0, model, chats[number].now) }
    }

    private mutating func differences(
        _ view: ReadView, _ model: ModelContract, _ now: Instant
    ) throws -> [String] {
        try ContractComparison.differences(model, view, at: now, random.fork())
    }

    /// A view that goes on being read while others write and flush shows the moment it began.
    private mutating func readAcross(_ number: Int) throws -> [String] {
        let (before, now, chat) = (model, chats[number].now, chats[number])
        return try chat.read { view in
            var found: [String] = []
            for _ in 0..<5 {
                let writer = random.below(chats.count)
                found += try perform(on: writer)
                if random.chance(20) { try chats[writer].store.indexWriter.flush() }
            }
            return try found + differences(view, before, now)
        }
    }

    /// Every store, and a replay of the log into a new index.
    mutating func finish() throws -> [String] {
        var found: [String] = []
        let replay = try FreshReplay.contents(of: directory.path("store"))
        for number in chats.indices {
            found += try compare(number)
            found += try chats[number].read { try TableContents($0).differences(from: replay) }
            try chats[number].store.close()
        }
        let reopened = try open()
        found += try reopened.read { try differences($0, model, reopened.now) }
        try reopened.store.close()
        return found
    }
}
