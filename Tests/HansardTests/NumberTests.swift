import Hansard
import HansardBindings
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct NumberTests {
    static let edges: [UInt64] =
        [0, 1, .max, .max - 1]
        + (1..<64).flatMap { shift -> [UInt64] in
            let power = UInt64(1) << UInt64(shift)
            return [power - 1, power, power + 1]
        }

    @Test func varintsComeBack() {
        for value in Self.edges {
            var bytes: [UInt8] = [0xEE]
            Varint.append(value, to: &bytes)
            var offset = 1
            #expect(Varint.read(bytes.span, at: &offset) == value)
            #expect(offset == bytes.count)
        }
    }

    /// Two forms of one number would give one event two encodings.
    @Test(arguments: [
        [], [0x80], [0x80, 0x00], [0xFF, 0x80, 0x00],
        [UInt8](repeating: 0xFF, count: 9) + [0x02], [UInt8](repeating: 0x80, count: 11),
    ])
    func malformedVarintsAreRefused(bytes: [UInt8]) {
        var offset = 0
        #expect(Varint.read(bytes.span, at: &offset) == nil)
    }

    @Test func varintsCutOffAreRefused() {
        for value in Self.edges where value >= 0x80 {
            var bytes: [UInt8] = []
            Varint.append(value, to: &bytes)
            bytes.removeLast()
            var offset = 0
            #expect(Varint.read(bytes.span, at: &offset) == nil)
        }
    }

    @Test func orderedIntegersSortAsNumbers() {
        let numbers = Self.edges.sorted()
        let keys = numbers.map { Self.ordered($0) }
        for (key, next) in zip(keys, keys.dropFirst()) where key != next {
            #expect(key.lexicographicallyPrecedes(next))
        }
        #expect(Self.ordered(0) == [0])
        #expect(Self.ordered(16_777_215).count == 4)
    }

    @Test func orderedIntegersComeBack() {
        for value in Self.edges {
            let key = [0xAA] + Self.ordered(value) + [0xBB]
            var offset = 1
            #expect(OrderedInteger.read(key.span, at: &offset) == value)
            #expect(offset == key.count - 1)
        }
    }

    @Test(arguments: [[], [1], [2, 0xFF], [9, 1, 1, 1, 1, 1, 1, 1, 1, 1], [0xFF]])
    func malformedOrderedIntegersAreRefused(key: [UInt8]) {
        var offset = 0
        #expect(OrderedInteger.read(key.span, at: &offset) == nil)
    }

    /// A number written longer than it must be would sort behind larger ones.
    @Test func orderedIntegersHaveOneForm() {
        let key: [UInt8] = [2, 0, 7]
        var offset = 0
        #expect(OrderedInteger.read(key.span, at: &offset) == nil)
    }

    @Test func aPrefixEndsBehindItsLastKey() {
        #expect(KeyRange.successor(ofPrefix: [1, 2]) == [1, 3])
        #expect(KeyRange.successor(ofPrefix: [1, 0xFF]) == [2])
        #expect(KeyRange.successor(ofPrefix: [1, 0xFF, 0xFF]) == [2])
        #expect(KeyRange.successor(ofPrefix: [0xFF, 0xFF]) == nil)
        #expect(KeyRange.successor(ofPrefix: []) == nil)
    }

    private static func ordered(_ value: UInt64) -> [UInt8] {
        var key: [UInt8] = []
        OrderedInteger.append(value, to: &key)
        return key
    }
}
