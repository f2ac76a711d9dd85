import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct FilterTests {
    @Test func nothingInsertedIsEverDenied() {
        for count in [1, 42, 43, 5_000] {
            var random = Seeded(count)
            let hashes = (0..<count).map { _ in random.next() } + [0, .max]
            var filter = BlockedBloomFilter(keysCount: hashes.count)
            for hash in hashes { filter.insert(hash) }
            #expect(hashes.allSatisfy(filter.mayContain))
        }
    }

    @Test func fewStrangersAreTakenForMembers() {
        var random = Seeded(7)
        var filter = BlockedBloomFilter(keysCount: 100_000)
        for _ in 0..<100_000 { filter.insert(random.next()) }
        let wrong = (0..<100_000).count { _ in filter.mayContain(random.next()) }
        #expect(wrong < 3_000, "\(wrong) of 100,000")
    }

    @Test func anEmptyFilterDeniesEverything() {
        #expect(!BlockedBloomFilter(keysCount: 0).mayContain(5))
    }

    @Test func wordsThatAreNoWholeBlocksAreRefused() {
        #expect(BlockedBloomFilter(words: []) == nil)
        #expect(BlockedBloomFilter(words: [1, 2, 3]) == nil)
        #expect(BlockedBloomFilter(words: [UInt64](repeating: 0, count: 16)) != nil)
    }

    /// Written in pieces, read back as one, whatever the size of the last piece.
    @Test(arguments: [1, 900, 1_280, 5_120, 5_121]) func filtersComeBack(keys: Int) throws {
        let fixture = try IndexFixture()
        var random = Seeded(keys)
        let hashes = (0..<keys).map { _ in random.next() }
        var filter = BlockedBloomFilter(keysCount: keys)
        for hash in hashes { filter.insert(hash) }
        let index = fixture.index
        try index.environment.write {
            try IDFilters.write(filter, partition: 0, to: index.filtersTable, in: $0)
        }
        let filters = IDFilters(table: index.filtersTable)
        let reader = try IndexReader(index)
        for hash in hashes { #expect(try filters.mayContain(hash, 0, in: reader)) }
        let strangers = try (0..<1_000).count { _ in
            try filters.mayContain(random.next(), 0, in: reader)
        }
        #expect(strangers < 100)
    }

    /// A filter that lost a piece would deny ids that are there.
    @Test func aFilterWithAMissingPieceIsNone() throws {
        let fixture = try IndexFixture()
        let index = fixture.index
        try index.environment.write { transaction in
            try IDFilters.write(
                BlockedBloomFilter(keysCount: 100_000), partition: 0, to: index.filtersTable,
                in: transaction)
            let found: [UInt8]? = try transaction.withCursor(index.filtersTable) { cursor in
                guard try cursor.last() else { return nil }
                var key: [UInt8] = []
                try cursor.appendKey(to: &key)
                return key
            }
            let last = try #require(found)
            _ = try transaction.delete(last.span, from: index.filtersTable)
        }
        let filters = IDFilters(table: index.filtersTable)
        #expect(try filters.sealed(1, in: IndexReader(index)).isEmpty)
    }

    /// Without a filter a partition must be searched.
    @Test func aPartitionWithoutFilterMayContainAnything() throws {
        let fixture = try IndexFixture()
        let filters = IDFilters(table: fixture.index.filtersTable)
        #expect(try filters.mayContain(1, 0, in: IndexReader(fixture.index)))
    }

    /// A core tail that crosses the border of a partition seals the partition behind it, whole.
    @Test func aFlushAcrossTheBorderSealsThePartition() throws {
        let fixture = try IndexFixture()
        let border = UInt64(1) << 20
        let positions: [UInt64] = [5, border - 2, border - 1, border, border + 1]
        var random = Seeded(3)
        let hashes = positions.map { _ in random.next() }
        try fixture.flush(hashes: hashes, at: positions, through: border + 1)

        let filters = IDFilters(table: fixture.index.filtersTable)
        let reader = try IndexReader(fixture.index)
        for hash in hashes[0..<3] { #expect(try filters.mayContain(hash, 0, in: reader)) }
        let strangers = try (0..<1_000).count { _ in
            try filters.mayContain(random.next(), 0, in: reader)
        }
        #expect(strangers < 900, "the partition behind has a filter")
        #expect(
            try (0..<50).allSatisfy { _ in try filters.mayContain(random.next(), 1, in: reader) })
        #expect(try fixture.positions(of: hashes) == positions.map { [Position($0)] })
    }

    /// Neither the last position of a partition nor the first of the next is lost by the lookup.
    @Test(arguments: [-2, -1, 0, 1]) func lookupsWorkWhereverTheCheckpointStands(offset: Int) throws
    {
        let fixture = try IndexFixture()
        let border = Int(1) << 20
        let positions = [1, border - 3 + offset, border - 1 + offset].map { UInt64($0) }
        try fixture.flush(hashes: [1, 2, 3], at: positions, through: positions[2])
        #expect(try fixture.positions(of: [1, 2, 3, 4]) == positions.map { [Position($0)] } + [[]])
    }
}

extension IDFilters {
    /// True if a partition must be searched.
    func mayContain(_ hash: UInt64, _ partition: Int, in reader: IndexReader) throws -> Bool {
        let filters = try sealed(partition + 1, in: reader)
        return partition >= filters.count || filters[partition].mayContain(hash)
    }
}
