import Hansard
import HansardBindings
import HansardProjections
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Invariant 5, step by step: one thread moves several stores on one log in an order that a seed
/// chooses, and stops flushes and reads half-way, so that others come in between.
@Suite struct InterleavingTests {
    @Test(arguments: [1, 2, 3], 0..<3)
    func indexAndTailAreAReplay(stores: Int, run: Int) throws {
        let seed = Seed.current()
        let random = SeededGenerator(seed: seed.value &+ UInt64(run * 10 + stores))
        do {
            var interleaving = try Interleaving(stores: stores, random)
            for step in 0..<240 {
                let found =
                    try interleaving.step() + (step % 40 == 39 ? interleaving.compare() : [])
                try #require(found.isEmpty, "step \(step): \(found.joined(separator: "\n"))")
            }
        } catch {
            Issue.record(error, "\(seed.repeating("InterleavingTests"))")
        }
    }
}

/// Some stores, what they hold half done, and the model.
private struct Interleaving {
    /// The steps one store has begun and not finished.
    private struct Pending {
        var mutations: RandomMutations
        /// Tails taken for a flush that was not written yet.
        var flushing: Published?
        /// A flush whose rows were not let go of in memory yet, and its place.
        var written: (index: Index, checkpoints: DurablePositions)?
        /// Tails taken for a read that has not looked at the index yet.
        var reading: Published?
        /// A view that goes on being read while others write.
        var view: ReadView?
    }

    private let peers: Peers
    private var model = ModelStore()
    private var pending: [Pending]
    private var random: SeededGenerator

    init(stores: Int, _ random: SeededGenerator) throws {
        self.random = random
        peers = try Peers(count: stores, self.random.fork())
        let pool = self.random.next()
        pending = []
        for _ in 0..<stores {
            pending.append(Pending(mutations: try RandomMutations(self.random.fork(), pool: pool)))
        }
    }

    /// One step of one store: what is wrong afterwards.
    mutating func step() throws -> [String] {
        let number = random.below(peers.stores.count)
        let store = peers.stores[number]
        switch random.below(100) {
        case ..<40: return try append(number, count: random.chance(70) ? 1 : 1 + random.below(12))
        case ..<50: return try read(store)
        case ..<55: try store.catchUp()
        case ..<62: try store.indexWriter.flush()
        case ..<67: pending[number].flushing = store.fold.published
        case ..<68: try rebuild(number)
        case ..<75: try writeFlush(number)
        case ..<79: dropFlushed(number)
        case ..<80: store.indexWriter.mover.moveIfDue()
        case ..<86: pending[number].reading = store.fold.published
        case ..<92: return try lookAtIndex(number)
        case ..<96: return try lookAgain(number)
        case ..<98:
            letGo(number)
            try peers.reopen(number)
        default:
            letGo(number)
            try peers.abandon(number)
        }
        return []
    }

    mutating func compare() throws -> [String] { try peers.differences(model) }

    private mutating func append(_ number: Int, count: Int) throws -> [String] {
        let store = peers.stores[number]
        var appends: [Append] = []
        for _ in 0..<count {
            appends.append(
                try pending[number].mutations.next { [model] stream in
                    model.head(of: stream, at: model.end).map { Revision($0.revision) }
                })
        }
        // Now and then a commit fails, and with it every append of its group.
        let mayFail = random.chance(12)
        if mayFail { peers.faults.arm(after: random.below(15)) }
        let answers = try store.appendBlocking(appends)
        peers.faults.disarm()
        var found: [String] = []
        for (append, answer) in zip(appends, answers) {
            let outcome = Operation.Outcome(answer)
            if mayFail && outcome == .refused(.damagedFile) { continue }
            let end = model.end
            let expected: Operation.Outcome
            switch model.verdict(on: append, at: end) {
            case .appended: expected = .appended(append.events.indices.map { end + 1 + UInt64($0) })
            case .repeated(let positions): expected = .repeated(positions)
            case .refused(let code): expected = .refused(code)
            }
            if outcome != expected {
                found.append("answered \(outcome), not \(expected): \(append)")
            }
            if case .appended = expected { for event in append.events { model.record(event) } }
        }
        // Not always: a read folds, and puts right what the commit published.
        if random.chance(50) { return found }
        let end = try store.read { $0.position.rawValue }
        if end != model.end {
            found.append("a read after the answer ends at \(end), not \(model.end)")
        }
        return found
    }

    /// Nobody is appending, so that every read sees all.
    private mutating func read(_ store: Store) throws -> [String] {
        try store.read { view in
            let end = view.position.rawValue
            if end != model.end { return ["a read ends at \(end), not at \(model.end)"] }
            return peers.isComplete(store) ? try differences(view) : []
        }
    }

    /// A look at a part of a view; a comparison of everything costs too much for each step.
    private mutating func differences(_ view: ReadView) throws -> [String] {
        try ModelComparison.differences(model, view, sample: 10, random.fork())
    }

    /// Another generation goes live, sometimes of fewer units, sometimes an old one again.
    private mutating func rebuild(_ number: Int) throws {
        let generations = try IndexGenerations(path: peers.path)
        if random.chance(30), let old = try generations.list().first {
            _ = try generations.use(old.number)
        } else {
            let units = random.chance(80) ? ChatUnits.all : Array(ChatUnits.all.prefix(1))
            _ = try Rebuilder(path: peers.path, units: units, keep: random.below(3)).run()
        }
        try takeUpActs()
        if random.chance(50) { try peers.stores[number].catchUp() }
    }

    /// A generation that goes live is an event; the model takes it from the log.
    private mutating func takeUpActs() throws {
        let log = try LogReader(path: peers.path)
        try log.forEachEvent(from: Position(model.end + 1), through: try log.head()) {
            #expect(OperatorAct($0.event) != nil, "event \($0.position) was appended by nobody")
            model.record($0.event)
        }
    }

    private mutating func writeFlush(_ number: Int) throws {
        guard let taken = pending[number].flushing else { return }
        pending[number].flushing = nil
        pending[number].written = (
            taken.index, try Flush(index: taken.index).write(taken.flushableTails).durablePositions
        )
    }

    private mutating func dropFlushed(_ number: Int) {
        guard let written = pending[number].written else { return }
        pending[number].written = nil
        peers.stores[number].fold.fold { projector in
            if projector.index === written.index { projector.drop(through: written.checkpoints) }
        }
    }

    /// Goes on with a read whose tails were taken some steps ago. It may be refused, but never be
    /// wrong.
    private mutating func lookAtIndex(_ number: Int) throws -> [String] {
        let store = peers.stores[number]
        guard let tails = pending[number].reading, peers.isComplete(store) else { return [] }
        pending[number].reading = nil
        let codec = try EventCodec(
            dictionaries: store.log.dictionaries, hasher: store.log.hasher,
            upcasters: UpcasterTable(Upcasters()), settings: store.settings)
        guard let view = try store.view(of: tails, codec) else { return [] }
        pending[number].view = view
        return try differences(view)
    }

    private mutating func lookAgain(_ number: Int) throws -> [String] {
        guard let view = pending[number].view else { return [] }
        if random.chance(50) { pending[number].view = nil }
        return try differences(view)
    }

    /// Lets go of what belongs to the old store.
    private mutating func letGo(_ number: Int) {
        // Tails of other units than the new store may have can't be written through it.
        pending[number].flushing = nil
        pending[number].view = nil
        pending[number].reading = nil
        pending[number].written = nil
    }
}
