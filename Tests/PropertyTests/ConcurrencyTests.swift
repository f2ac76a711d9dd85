import Hansard
import HansardBindings
import HansardProjections
import HansardRecords
import HansardTesting
import Synchronization
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Several stores on one log with many tasks and threads at once: each answer must be explained by
/// some moment between question and answer, and each view must be the replay of the events up to
/// its position.
@Suite struct ConcurrencyTests {
    @Test(arguments: [1, 3], [false, true])
    func answersAndViewsAreThoseOfSomeMoment(stores: Int, isRebuilding: Bool) async throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value &+ UInt64(stores))
        let peers = try Peers(count: stores, random.fork())
        let stores = peers.stores
        let pool = random.next()
        let tasks = 6
        let seeds = (0..<tasks).map { _ in random.fork() }
        let changes = Changes()
        let readers = try stores.filter(peers.isComplete).map { store in
            let reader = Reader(store, random.fork(), changes)
            return (reader, try DedicatedThread(name: "reader") { reader.run() })
        }
        let rebuilding = isRebuilding ? try Rebuilding(peers.path, changes) : nil
        let operations = try await withThrowingTaskGroup(of: [Operation].self) { group in
            for (number, seed) in seeds.enumerated() {
                group.addTask {
                    try await Self.append(
                        60, to: stores[number % stores.count], RandomMutations(seed, pool: pool),
                        changes)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(try rebuilding?.stop() ?? 1 > 0)
        changes.end()
        for (reader, thread) in readers {
            thread.join()
            #expect(reader.found == [], "\(seed.repeating("ConcurrencyTests"))")
        }
        let model = try stores[0].read { try ModelStore(readingTo: $0) }
        let found =
            Operation.contradictions(operations, with: model)
            + AppendTag.brokenAppends(in: model.events.map(\.event))
        #expect(found == [], "\(seed.repeating("ConcurrencyTests"))")
        #expect(try peers.differences(model) == [], "\(seed.repeating("ConcurrencyTests"))")
    }

    private static func append(
        _ count: Int, to store: Store, _ mutations: RandomMutations, _ changes: Changes
    ) async throws -> [Operation] {
        var mutations = mutations
        var operations: [Operation] = []
        for _ in 0..<count {
            let append = try mutations.next { stream in
                try store.read { try $0.stream(stream)?.revision }
            }
            let before = try store.read { $0.position }
            let answer: Result<Appended, HansardError>
            do { answer = .success(try await store.append(append)) } catch {
                answer = .failure(error)
            }
            changes.note()
            let after = try store.read { $0.position }
            operations.append(
                Operation(
                    append, .init(answer), endBefore: before.rawValue, endAfter: after.rawValue))
        }
        return operations
    }
}

/// A count of appends or swaps: readers wait for it, because readers that never do
/// leave no processor to those who append, and to the tests beside this one.
private final class Changes: Sendable {
    private let state = ConditionLock((count: 0, isEnded: false))

    func note() {
        state.withLock { $0.count += 1 }
        state.broadcast()
    }

    func end() {
        state.withLock { $0.isEnded = true }
        state.broadcast()
    }

    /// The count once it is more than `seen`; nil at the end.
    func wait(after seen: Int) -> Int? {
        state.wait(
            until: { $0.count > seen || $0.isEnded }, then: { $0.isEnded ? nil : $0.count })
    }
}

/// Builds one generation of the index after the other, on a thread of its own.
private final class Rebuilding: Sendable {
    private let isStopped = Atomic(false)
    private let outcome = Mutex<Result<Int, any Error>>(.success(0))
    private let thread = Mutex<DedicatedThread?>(nil)

    init(_ path: String, _ changes: Changes) throws {
        let started = try DedicatedThread(name: "rebuilding") { [self] in run(path, changes) }
        thread.withLock { $0 = started }
    }

    private func run(_ path: String, _ changes: Changes) {
        var count = 0
        do {
            while !isStopped.load(ordering: .acquiring) {
                _ = try Rebuilder(path: path, units: ChatUnits.all, keep: count % 2).run()
                count += 1
                changes.note()
            }
            outcome.withLock { $0 = .success(count) }
        } catch {
            outcome.withLock { $0 = .failure(error) }
        }
    }

    /// The number of generations there were.
    func stop() throws -> Int {
        isStopped.store(true, ordering: .releasing)
        thread.withLock { $0 }?.join()
        return try outcome.withLock { try $0.get() }
    }
}

/// Reads one store after each change: views never go back, and each is the replay of its events.
private final class Reader: Sendable {
    private let store: Store
    private let random: Mutex<SeededGenerator>
    private let changes: Changes
    private let problems = Mutex<[String]>([])

    var found: [String] { problems.withLock { $0 } }

    init(_ store: Store, _ random: SeededGenerator, _ changes: Changes) {
        self.store = store
        self.changes = changes
        self.random = Mutex(random)
    }

    func run() {
        var model = ModelStore()
        var seen: Int? = 0
        repeat {
            do {
                let found = try store.read { view in
                    if view.position.rawValue < model.end {
                        return ["\(view.position) is a step back"]
                    }
                    try model.follow(view)
                    let random = random.withLock { $0.fork() }
                    return try ModelComparison.differences(model, view, sample: 5, random)
                }
                if !found.isEmpty { return problems.withLock { $0 = found } }
            } catch {
                return problems.withLock { $0 = ["\(error)"] }
            }
            seen = changes.wait(after: seen ?? 0)
        } while seen != nil
    }
}
