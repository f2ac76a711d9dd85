import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A unit's tail against a plain dictionary for each position.
@Suite struct UnitTailTests {
    private typealias Table = [[UInt8]: [UInt8]]

    /// Whatever is appended and dropped, the tail over an index at any checkpoint from its base to
    /// its end is the table at its end, and it holds no more events than it says.
    @Test func overlaysEveryIndexItCovers() throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        for _ in 0..<30 {
            var tail = UnitTail(base: .zero)
            // What the table is at each position from 0 on.
            var tables: [Table] = [[:]]
            var dropped: UInt64 = 0
            for _ in 0..<120 {
                if random.chance(25), tail.end > .zero {
                    dropped = max(dropped, UInt64(random.below(tables.count)))
                    tail.dropThrough(Position(dropped))
                    try #require(
                        tail.base.rawValue <= dropped
                            && tail.segments.first?.after ?? tail.end == tail.base,
                        "\(seed.repeating("UnitTailTests"))")
                    try #require(
                        tail.segments.allSatisfy { $0.through.rawValue > dropped }
                            && tail.eventsCount == tail.segments.reduce(0) { $0 + $1.eventsCount },
                        "\(seed.repeating("UnitTailTests"))")
                } else {
                    grow(&tail, &tables, &random)
                }
                let checkpoint = max(dropped, tail.base.rawValue)
                let index = tables[
                    Int.random(in: Int(checkpoint)...Int(tail.end.rawValue), using: &random)]
                #expect(
                    overlay(tail, over: index) == tables[Int(tail.end.rawValue)],
                    "\(seed.repeating("UnitTailTests"))")
            }
        }
    }

    private func grow(
        _ tail: inout UnitTail, _ tables: inout [Table], _ random: inout SeededGenerator
    ) {
        let overlay = OverlayTable()
        for _ in 0..<1 + random.below(4) {
            var table = tables[tables.count - 1]
            for _ in 0..<random.below(4) {
                let key = Self.keys[random.below(Self.keys.count)]
                let value = [UInt8](repeating: UInt8(random.below(256)), count: random.below(3))
                table[key] = random.chance(30) ? nil : value
                if let put = table[key] {
                    overlay.set(key.span, to: put.span)
                } else {
                    overlay.delete(key.span)
                }
            }
            tables.append(table)
        }
        tail.append([overlay.sealed()], through: Position(UInt64(tables.count - 1)))
    }

    /// Keys that agree in their first eight bytes, are prefixes of each other, or end in zeros.
    private static let keys: [[UInt8]] = [
        [0], [0, 0], [1], [1, 0], [255], [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8, 0],
        [1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]

    private func overlay(_ tail: UnitTail, over index: Table) -> Table {
        var table = index
        for key in Self.keys {
            guard let (run, entry) = tail.find(key.span, table: 0) else { continue }
            table[key] = entry.isDeleted ? nil : run.value(of: entry)
        }
        return table
    }
}
