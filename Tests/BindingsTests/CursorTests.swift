import HansardBindings
import HansardTesting
import Testing

@Suite struct CursorTests {
    private let keys: [[UInt8]] = [[0], [0, 0], [1], [1, 255], [2], [128], [255], [255, 255]]

    private func filled() throws -> Fixture {
        let fixture = try Fixture()
        try fixture.environment.write { txn in
            for key in keys.reversed() {
                try txn.put((key + [7]).span, for: key.span, in: fixture.bytes)
            }
        }
        return fixture
    }

    @Test func walksInKeyOrderBothWays() throws {
        let fixture = try filled()
        try fixture.environment.read { txn in
            try txn.withCursor(fixture.bytes) { cursor in
                var forward: [[UInt8]] = []
                while try cursor.next() {
                    forward.append(
                        try cursor.withCurrent { key, value in
                            #expect(Bytes.array(value) == Bytes.array(key) + [7])
                            return Bytes.array(key)
                        })
                }
                #expect(forward == keys)
                var backward: [[UInt8]] = []
                var more = try cursor.last()
                while more {
                    var key: [UInt8] = []
                    try cursor.appendKey(to: &key)
                    backward.append(key)
                    more = try cursor.previous()
                }
                #expect(backward == keys.reversed())
            }
        }
    }

    @Test func seeksTheKeyOrTheNext() throws {
        let fixture = try filled()
        try fixture.environment.read { txn in
            try txn.withCursor(fixture.bytes) { cursor in
                for wanted in [[0], [0, 1], [3], [200], [255, 0]] as [[UInt8]] {
                    let expected = keys.first { !$0.lexicographicallyPrecedes(wanted) }
                    #expect(try cursor.seek(to: wanted))
                    var key: [UInt8] = []
                    try cursor.appendKey(to: &key)
                    #expect(key == expected)
                    #expect(try cursor.compare(wanted) >= 0)
                }
                #expect(try !cursor.seek(to: [255, 255, 0]))
                let isAtEntry = cursor.isAtEntry
                #expect(!isAtEntry)
            }
        }
    }

    @Test func integerKeysOrderByValue() throws {
        let fixture = try Fixture()
        let keys: [UInt64] = [256, 1, 65_536, 255, 1 << 40]
        try fixture.environment.write { txn in
            try txn.withWriteCursor(fixture.integers) { cursor in
                for key in keys { try cursor.put([1].span, integerKey: key) }
            }
        }
        try fixture.environment.read { txn in
            try txn.withCursor(fixture.integers) { cursor in
                var found: [UInt64] = []
                while try cursor.next() { found.append(try cursor.currentIntegerKey()) }
                #expect(found == keys.sorted())
                #expect(try cursor.seek(integerKey: 257))
                #expect(try cursor.currentIntegerKey() == 65_536)
                #expect(try !cursor.seek(integerKey: .max))
            }
        }
    }

    @Test func anEmptyDatabaseHasNoEntries() throws {
        let fixture = try Fixture()
        try fixture.environment.read { txn in
            try txn.withCursor(fixture.bytes) { (cursor: inout Cursor) throws in
                #expect(try !cursor.first())
                #expect(try !cursor.last())
                #expect(try !cursor.next())
                #expect(try !cursor.seek(to: [0]))
            }
        }
    }

    @Test func anOpenCursorSeesWritesMadeUnderIt() throws {
        let fixture = try filled()
        try fixture.environment.write { txn in
            try txn.withCursor(fixture.bytes) { cursor in
                #expect(try cursor.seek(to: [1]))
                for number in 0..<2_000 {
                    let key: [UInt8] = [1, 1, UInt8(number >> 8), UInt8(number & 255)]
                    try txn.put(noise(300).span, for: key.span, in: fixture.bytes)
                }
                var value: [UInt8] = []
                try cursor.appendValue(to: &value)
                #expect(value == [1, 7])
            }
        }
    }

    @Test func theWriteCursorPutsReplacesAndDeletes() throws {
        let fixture = try filled()
        try fixture.environment.write { txn in
            try txn.withWriteCursor(fixture.bytes) { cursor in
                try cursor.put([9].span, for: [1].span)
                #expect(try cursor.position.compare([1]) == 0)
                #expect(try cursor.delete(bytes: [2]))
                let isAtEntry = cursor.position.isAtEntry
                #expect(!isAtEntry)
                #expect(try !cursor.delete(bytes: [2]))
            }
        }
        #expect(try fixture.environment.read { try $0.get(bytes: [1], from: fixture.bytes) } == [9])
        #expect(try fixture.environment.read { try $0.get(bytes: [2], from: fixture.bytes) } == nil)
    }

    @Test func readingWhereThereIsNoEntryStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let fixture = try Fixture()
            try fixture.environment.read { txn in
                try txn.withCursor(fixture.bytes) { try $0.withCurrent { _, _ in } }
            }
        }
    }
}
