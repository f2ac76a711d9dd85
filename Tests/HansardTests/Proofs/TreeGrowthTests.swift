import Hansard
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct TreeGrowthTests {
    private func leaves(_ count: Int, _ random: inout SeededGenerator) -> [EventLeaf] {
        (0..<count).map { number in
            // Revisions of every length a varint has.
            let revision = random.next() >> UInt64(random.below(64))
            let payload = MerkleHash.sha256([UInt8(truncatingIfNeeded: random.next())].span)
            return EventLeaf(
                position: Position(UInt64(number) + 1),
                recordedMicroseconds: Int64(bitPattern: random.next()),
                revision: Revision(revision), payload: payload)
        }
    }

    @Test func aLeafIsHashedAsItsBytesAre() {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        for leaf in leaves(500, &random) {
            #expect(leaf.hash == .leaf(leaf.bytes.span), "\(seed.repeating("TreeGrowthTests"))")
        }
    }

    /// Groups of any size, on a thread or not, and some given up: the tree is that of the leaves one
    /// by one.
    @Test func groupsMakeTheTreeTheirLeavesMake() throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        let thread = TreeThread()
        var (edge, single) = (CompactRange(), CompactRange())
        var (nodes, expected): ([String], [String]) = ([], [])
        for _ in 0..<40 {
            let group = leaves(random.below(3 * TreeThread.leavesMin), &random)
            thread.begin(group, after: edge)
            if random.chance(25) {
                thread.abandon()
                #expect(try thread.finish() == nil)
                continue
            }
            let growth = try #require(try thread.finish())
            #expect(growth.leavesCount == group.count)
            edge = growth.edge
            nodes += growth.nodes.map { "\($0.level) \($0.index) \($0.root)" }
            for leaf in group {
                single.append(leaf.hash) { level, index, root in
                    if TreeTable.isStored(level: level) {
                        expected.append("\(level) \(index) \(root)")
                    }
                }
            }
        }
        #expect(edge == single, "\(seed.repeating("TreeGrowthTests"))")
        #expect(nodes == expected, "\(seed.repeating("TreeGrowthTests"))")
    }
}
