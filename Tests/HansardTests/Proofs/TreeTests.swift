import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct TreeTests {
    /// The leaves as the log's events give them, read one by one.
    private func leaves(_ store: Store) throws -> [[UInt8]] {
        try store.log.codecs.with { codec in
            try store.log.environment.read { transaction in
                var leaves: [[UInt8]] = []
                try store.log.forEachLeaf(
                    from: Position(1), through: try store.log.head(in: transaction),
                    in: transaction,
                    codec: codec
                ) { leaves.append($0.bytes) }
                return leaves
            }
        }
    }

    /// Roots and proofs of the store at sizes and leaves drawn at random are those of the naive tree.
    private func compare(_ store: Store, _ random: inout SeededGenerator, _ seed: Seed) throws {
        let leaves = try leaves(store)
        try store.read { view in
            let tree = try view.tree()
            #expect(tree.size == UInt64(leaves.count))
            for _ in 0..<6 {
                let size = random.below(leaves.count) + 1
                let (index, old) = (random.below(size), random.below(size + 1))
                let slice = leaves[..<size]
                let root = try tree.root(size: UInt64(size))
                let path = try tree.inclusion(of: UInt64(index), inTreeOf: UInt64(size))
                let growth = try tree.consistency(from: UInt64(old), to: UInt64(size))
                #expect(root == NaiveTree.root(slice), "\(size): \(seed.repeating("TreeTests"))")
                #expect(path == NaiveTree.path(index, slice), "\(index) of \(size): \(seed)")
                #expect(
                    growth == (old == 0 ? [] : NaiveTree.consistency(old, slice)),
                    "\(old) of \(size): \(seed.repeating("TreeTests"))")
            }
        }
    }

    /// However appends, flushes, failures and openings are interleaved, with the tree or without.
    @Test func theTreeIsThatOfTheLog() throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        let fixture = try StoreFixture()
        var store = try fixture.open()
        for round in 0..<25 {
            for _ in 0...random.below(3) {
                // Now and then enough for a group to be hashed by a thread of its own.
                let count = random.below(random.chance(20) ? 400 : 60) + 1
                _ = try store.appendBlocking(Append((0..<count).map { _ in try event() }))
            }
            if random.chance(30) {
                // A group that fails half-way is folded back.
                let twice = try event("twice-\(round)")
                try store.add(twice)
                var other = twice
                other.data = try Record(json: #"{"b":2}"#)
                #expect(throws: HansardError.self) { _ = try store.appendBlocking(Append([other])) }
            }
            if random.chance(40) { try store.indexWriter.flush() }
            if random.chance(30) {
                try store.close()
                if random.chance(30) {
                    let without = try fixture.open(settings: .tested.with { $0.keepsTree = false })
                    try without.add(try event())
                    try without.close()
                }
                store = try fixture.open()
            }
            try compare(store, &random, seed)
        }
        var verifier = Verifier(store)
        let report = try verifier.run()
        #expect(report.isSound, "\(report.problems) \(seed.repeating("TreeTests"))")
        try store.close()
        _ = try Rebuilder(path: fixture.path, units: [], settings: .tested).run()
        store = try fixture.open()
        try compare(store, &random, seed)
        try store.close()
    }

    @Test func aStoreOpenedWithoutTheTreeSaysSo() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open(settings: .tested.with { $0.keepsTree = false })
        try store.add(try event())
        #expect(code { _ = try store.read { try $0.tree().size } } == .invalidArgument)
        try store.close()
    }

    /// A lost row is named by `verify`, and no proof is made up without it.
    @Test func aMissingRowIsFound() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open()
        _ = try store.appendBlocking(Append((0..<40).map { _ in try event() }))
        try store.close()
        store = try fixture.open()
        let table = try #require(store.index.tables.last)
        try store.index.environment.write { transaction in
            try transaction.withWriteCursor(table) { cursor in
                let key = TreeTable.key(level: 4, index: 0)
                let found = try cursor.delete(key.span)
                #expect(found)
            }
        }
        #expect(code { _ = try store.read { try $0.tree().root(size: 40) } } == .corruptIndex)
        var verifier = Verifier(store)
        let report = try verifier.run()
        #expect(report.problems.map(\.table) == ["tree.nodes"])
        try store.close()
    }
}
