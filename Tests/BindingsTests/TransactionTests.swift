import Foundation
import HansardBindings
import HansardTesting
import Testing

private struct Stop: Error {}

@Suite struct TransactionTests {
    @Test func whatIsCommittedIsSeenAndSurvivesReopening() throws {
        let directory = try TemporaryDirectory()
        for round in 0..<2 {
            let environment = try Environment(directory: directory.path)
            defer { environment.close() }
            let database = try #require(try environment.openDatabase("a", create: round == 0))
            if round == 0 {
                try environment.write { txn in
                    try txn.put([2].span, for: [1].span, in: database)
                    #expect(try txn.get(bytes: [1], from: database) == [2])
                }
            }
            let found = try environment.read { try $0.get([1].span, from: database) }
            #expect(found == [2])
            #expect(try environment.read { try $0.get(bytes: [9], from: database) } == nil)
        }
    }

    @Test func throwingLeavesNothing() throws {
        let fixture = try Fixture()
        let before = fixture.environment.lastTransactionID
        #expect(throws: Stop.self) {
            try fixture.environment.write { txn in
                try txn.put([2].span, for: [1].span, in: fixture.bytes)
                throw Stop()
            }
        }
        #expect(try fixture.environment.read { try $0.get(bytes: [1], from: fixture.bytes) } == nil)
        #expect(fixture.environment.lastTransactionID == before)
        try fixture.put("after", "works")
        #expect(try fixture.get("after") == "works")
        #expect(fixture.environment.lastTransactionID == before + 1)
    }

    @Test func aReadKeepsItsSnapshot() throws {
        let fixture = try Fixture()
        try fixture.put("k", "old")
        try fixture.environment.read { txn in
            let thread = try DedicatedThread(name: "other writer") {
                [environment = fixture.environment, bytes = fixture.bytes] in
                try? environment.write {
                    try $0.put([1].span, for: Array("k".utf8).span, in: bytes)
                }
            }
            thread.join()
            #expect(try txn.get(bytes: Array("k".utf8), from: fixture.bytes) == Array("old".utf8))
            #expect(txn.transactionID < fixture.environment.lastTransactionID)
        }
        #expect(try fixture.get("k") == "\u{1}")
    }

    @Test func appendRefusesKeysThatDoNotAscend() throws {
        let fixture = try Fixture()
        try fixture.environment.write { txn in
            for key in [1, 2, 300, 70_000] as [UInt64] {
                try txn.append(
                    [UInt8(truncatingIfNeeded: key)].span, integerKey: key, to: fixture.integers)
            }
            for key in [0, 2, 69_999, 70_000] as [UInt64] {
                let error = #expect(throws: LMDBError.self) {
                    try txn.append([0].span, integerKey: key, to: fixture.integers)
                }
                #expect(error?.code == .keyExists && error?.call == "mdb_put")
            }
            try txn.append([0].span, key: [5].span, to: fixture.bytes)
            let error = #expect(throws: LMDBError.self) {
                try txn.append([0].span, key: [4, 9].span, to: fixture.bytes)
            }
            #expect(error?.code == .keyExists)
        }
        try fixture.environment.read { (txn: borrowing ReadTransaction) throws in
            #expect(try txn.lastIntegerKey(of: fixture.integers) == 70_000)
            #expect(try txn.get(2, from: fixture.integers) == [2])
            #expect(try fixture.environment.statistics(fixture.integers, in: txn).entries == 4)
        }
    }

    @Test(arguments: [0, 512, 4_000])
    func keysOutOfBoundsAreErrorsBeforeAnyChange(_ count: Int) throws {
        let fixture = try Fixture()
        let key = [UInt8](repeating: 1, count: count)
        try fixture.environment.write { txn in
            for attempt in 0..<3 {
                let error = #expect(throws: LMDBError.self) {
                    switch attempt {
                    case 0: try txn.put([1].span, for: key.span, in: fixture.bytes)
                    case 1: _ = try txn.get(key.span, from: fixture.bytes)
                    default: try txn.delete(key.span, from: fixture.bytes)
                    }
                }
                #expect(error?.code == .badValueSize)
            }
            try txn.put([1].span, for: [UInt8](repeating: 1, count: 511).span, in: fixture.bytes)
        }
    }

    @Test func deletingAndClearing() throws {
        let fixture = try Fixture()
        try fixture.environment.write { txn in
            let nothing: [UInt8] = []
            try txn.put(nothing.span, for: [1].span, in: fixture.bytes)
            #expect(try txn.get(bytes: [1], from: fixture.bytes) == [])
            #expect(try txn.delete(bytes: [1], from: fixture.bytes))
            #expect(try !txn.delete(bytes: [1], from: fixture.bytes))
            try txn.put([1].span, integerKey: 5, in: fixture.integers)
            #expect(try txn.delete(integerKey: 5, from: fixture.integers))
            try txn.put([1].span, integerKey: 6, in: fixture.integers)
            try txn.clear(fixture.integers)
            #expect(try txn.lastIntegerKey(of: fixture.integers) == nil)
        }
    }

    @Test func aSecondWriteOnTheThreadIsRefusedNotADeadlock() throws {
        let fixture = try Fixture()
        try fixture.environment.write { txn in
            let error = #expect(throws: LMDBError.self) { try fixture.environment.write { _ in } }
            #expect(error?.code == .alreadyWriting)
            let other = #expect(throws: LMDBError.self) {
                try fixture.environment.openDatabase("new", create: true)
            }
            #expect(other?.code == .alreadyWriting)
            #expect(try fixture.environment.openDatabase("bytes", create: true) == fixture.bytes)
            try txn.put([1].span, for: [1].span, in: fixture.bytes)
            // Reading beside the write is allowed, and sees the last commit.
            #expect(
                try fixture.environment.read { try $0.get(bytes: [1], from: fixture.bytes) } == nil)
        }
        try fixture.put("still", "writable")
    }

    @Test func writersOnManyThreadsTakeTurns() throws {
        var options = Environment.Options()
        options.isSynchronous = false
        let fixture = try Fixture(options: options)
        let environment = fixture.environment
        let integers = fixture.integers
        let threads = try (0..<4).map { number in
            try DedicatedThread(name: "writer \(number)") {
                for _ in 0..<100 {
                    try? environment.write { txn in
                        let next = (try txn.lastIntegerKey(of: integers) ?? 0) + 1
                        try txn.append([1].span, integerKey: next, to: integers)
                    }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(try environment.read { try $0.lastIntegerKey(of: integers) } == 400)
    }

    @Test func aLentValueForbidsWriting() async {
        await #expect(processExitsWith: .failure) {
            let fixture = try Fixture()
            try fixture.environment.write { txn in
                try txn.put([1].span, for: [1].span, in: fixture.bytes)
                try txn.withValue([1].span, in: fixture.bytes) { _ in
                    try txn.put([2].span, for: [1].span, in: fixture.bytes)
                }
            }
        }
    }

    @Test func aDatabaseOfAnotherEnvironmentStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let one = try Fixture()
            let two = try Fixture()
            _ = try one.environment.read { try $0.get([1].span, from: two.bytes) }
        }
    }

    @Test func aFullMapIsAnErrorAndTheEnvironmentGoesOn() throws {
        var options = Environment.Options()
        options.mapSizeBytes = 1 << 20
        let fixture = try Fixture(options: options)
        try fixture.put("before", "kept")
        let error = #expect(throws: LMDBError.self) {
            try fixture.environment.write { txn in
                for key in 0..<1_000 as Range<UInt64> {
                    try txn.append(noise(4_000).span, integerKey: key, to: fixture.integers)
                }
            }
        }
        #expect(error?.code == .mapFull)
        #expect(try fixture.get("before") == "kept")
        try fixture.put("after", "works")
        #expect(try fixture.get("after") == "works")
        #expect(try fixture.environment.read { try $0.lastIntegerKey(of: fixture.integers) } == nil)
    }

    @Test func aSwallowedFullMapFailsTheCommit() throws {
        var options = Environment.Options()
        options.mapSizeBytes = 1 << 20
        let fixture = try Fixture(options: options)
        let error = #expect(throws: LMDBError.self) {
            try fixture.environment.write { txn in
                for key in 0..<1_000 as Range<UInt64> {
                    try? txn.append(noise(4_000).span, integerKey: key, to: fixture.integers)
                }
            }
        }
        #expect(error?.code == .badTransaction && error?.call == "mdb_txn_commit")
        try fixture.put("after", "works")
    }

    @Test func readerSlotsAreGivenBack() throws {
        let fixture = try Fixture()
        for round in 0..<10_000 {
            if round % 2 == 0 {
                _ = try fixture.get("k")
            } else {
                #expect(throws: Stop.self) { try fixture.environment.read { _ in throw Stop() } }
            }
        }
        #expect(fixture.environment.information().readersInUse <= 2)
    }

    @Test func tooManyReadersAreAnError() throws {
        var options = Environment.Options()
        options.maxReaders = 3
        let fixture = try Fixture(options: options)
        func nest(_ depth: Int) throws {
            try fixture.environment.read { _ in if depth > 0 { try nest(depth - 1) } }
        }
        try nest(2)
        let error = #expect(throws: LMDBError.self) { try nest(3) }
        #expect(error?.code == .readersFull)
        try nest(2)
    }
}
