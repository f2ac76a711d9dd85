import Hansard
import HansardBindings
import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct IDTableTests {
    /// Either side of the first borders between partitions, and the last position there may be.
    static let positions: [UInt64] = [
        1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (2 << 20) - 1, 2 << 20, 77 << 20 | 0x0F_0102,
        IDTable.positionMax,
    ]

    @Test(arguments: positions) func aKeyGivesItsPositionAndHashBack(position: UInt64) {
        let hash: UInt64 = 0x0123_4567_89AB_CDEF
        let key = Self.key(hash, position)
        #expect(key.count == IDTable.keyBytes)
        #expect(IDTable.position(in: key.span) == Position(position))
        #expect(IDTable.hash(in: key.span) == hash)
    }

    @Test(arguments: positions) func aPartitionsPrefixBeginsItsKeys(position: UInt64) {
        var prefix: [UInt8] = []
        IDTable.appendPrefix(
            partition: IDTable.partition(of: Position(position)), hash: 99, to: &prefix)
        #expect(prefix.count == IDTable.prefixBytes)
        #expect(Self.key(99, position).starts(with: prefix))
    }

    @Test func partitionsMeetWithoutGapOrOverlap() {
        for partition: UInt64 in [0, 1, 5] {
            let last = IDTable.last(of: partition)
            #expect(IDTable.partition(of: last) == partition)
            #expect(IDTable.partition(of: last.next) == partition + 1)
        }
        #expect(IDTable.last(of: 0) == Position((1 << 20) - 1))
    }

    /// Whatever the hashes, all keys of a partition stand before all of the next.
    @Test func keysSortByPartitionFirst() {
        let last = Self.key(.max, (1 << 20) - 1)
        let first = Self.key(0, 1 << 20)
        #expect(last.lexicographicallyPrecedes(first))
        #expect(Self.key(7, 5).lexicographicallyPrecedes(Self.key(7, 6)))
    }

    @Test func keysOfAnotherLengthAreRefused() {
        let key = Self.key(7, 5)
        #expect(IDTable.position(in: key.span.extracting(0..<13)) == nil)
        #expect(IDTable.position(in: (key + [0]).span) == nil)
    }

    /// The hash's key is secret and its space is not shared with streams.
    @Test func hashesDependOnTheKeyAndTheSpace() throws {
        let id = try Identifier("session/x")
        let name = try StreamName(text: "session/x")
        let hasher = IDHasher(key: (1, 2))
        #expect(hasher.hash(id) == IDHasher(key: (1, 2)).hash(id))
        #expect(hasher.hash(id) != IDHasher(key: (1, 3)).hash(id))
        #expect(hasher.hash(id) != hasher.hash(name))
    }

    private static func key(_ hash: UInt64, _ position: UInt64) -> [UInt8] {
        var key: [UInt8] = []
        IDTable.appendKey(hash: hash, position: Position(position), to: &key)
        return key
    }
}
