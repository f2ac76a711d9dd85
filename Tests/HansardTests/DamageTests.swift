import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Logs that were damaged while nobody had them open.
@Suite struct DamageTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.open()
        for number in 1...100 { try store.add(event("e\(number)")) }
        try store.close()
    }

    private func damage(_ edit: (inout [UInt8]) -> Void) throws {
        try fixture.directory.rewrite("store/log/data.mdb", edit)
    }

    /// Opens, reads everything, and says what was refused.
    private func reading() -> ErrorCode? {
        code { _ = try fixture.open().history() }
    }

    @Test func theUndamagedLogIsRead() throws { #expect(reading() == nil) }

    @Test(arguments: [0, 1, 100, 4_096, 8_192, 12_288]) func aTruncatedFileIsRefused(bytes: Int)
        throws
    {
        try damage { $0.removeSubrange(bytes...) }
        let refusal = reading()
        #expect(refusal == .corruptEvent || (bytes == 0 && refusal == .notAStore))
    }

    @Test func zerosAreRefused() throws {
        try damage { $0 = [UInt8](repeating: 0, count: $0.count) }
        #expect(reading() == .corruptEvent)
    }

    /// Garbage in both meta pages: neither crashes nor reads as an empty store.
    @Test(arguments: [16, 40, 80, 128, 136]) func damagedMetaPagesAreRefused(offset: Int) throws {
        try damage { bytes in
            for page in [0, 4_096] {
                for byte in 0..<8 { bytes[page + offset + byte] ^= 0xA5 }
            }
        }
        #expect(reading() != nil)
    }

    /// A damaged index says that it can be built again, and then it is.
    @Test(arguments: [0, 100, 8_192]) func aDamagedIndexIsToldFromTheLog(bytes: Int) throws {
        try fixture.directory.rewrite("store/index-1/data.mdb") {
            $0.replaceSubrange(bytes..., with: [UInt8](repeating: 0x5A, count: 10))
        }
        #expect(reading() == .corruptIndex)
        try FileSystem.removeTree(fixture.path + "/index-1")
        #expect(reading() == nil)
    }

    /// An event's bytes changed in the file: reading names its position, and the events before it
    /// are read.
    @Test func aDamagedEventIsNamed() throws {
        let stored = try Self.stored(70, of: fixture)
        try damage { bytes in
            Self.flip(stored.count - 3, of: stored, in: &bytes)
        }
        let store = try fixture.open()
        #expect(try store.read { try $0.event(at: Position(69)) } != nil)
        let error = #expect(throws: HansardError.self) {
            try store.read { _ = try $0.event(at: Position(70)) }
        }
        #expect(error?.code == .corruptEvent)
        #expect(error?.position == Position(70))
    }

    /// Without its index a store folds its log again, and stops at the damage instead of passing it
    /// over.
    @Test func aDamagedEventIsNotFolded() throws {
        let stored = try Self.stored(70, of: fixture)
        try damage { bytes in
            Self.flip(30, of: stored, in: &bytes)
        }
        try FileSystem.removeTree(fixture.path + "/index-1")
        #expect(reading() == .corruptEvent)
    }

    /// An event taken out of the log.
    @Test func aGapIsSeen() throws {
        let log = try Environment(directory: fixture.path + "/log")
        let events = try #require(
            try log.openDatabase(Layout.events, integerKeys: true, create: false))
        try log.write { _ = try $0.delete(integerKey: 50, from: events) }
        log.close()
        #expect(reading() == .corruptEvent)
        try FileSystem.removeTree(fixture.path + "/index-1")
        #expect(reading() == .corruptEvent)
    }

    /// A whole event, checksum and all, that names another place in its stream than its own.
    @Test func anEventThatDoesNotFollowIsSeen() throws {
        let log = try Environment(directory: fixture.path + "/log")
        let events = try #require(
            try log.openDatabase(Layout.events, integerKeys: true, create: false))
        try log.write { transaction in
            let old = try #require(try transaction.get(100, from: events))
            var (header, frame) = try EventHeader.decode(old.span, position: 100)
            header.revision += 1
            var new: [UInt8] = []
            header.encode(position: 100, frame: Array(old[frame]), into: &new)
            try transaction.put(new.span, integerKey: 100, in: events)
        }
        log.close()
        try FileSystem.removeTree(fixture.path + "/index-1")
        #expect(reading() == .corruptEvent)
    }

    private static func stored(_ position: UInt64, of fixture: StoreFixture) throws -> [UInt8] {
        let log = try Environment(directory: fixture.path + "/log")
        defer { log.close() }
        let events = try #require(
            try log.openDatabase(Layout.events, integerKeys: true, create: false))
        return try log.read { try #require(try $0.get(position, from: events)) }
    }

    /// Damages a byte of the event wherever the file has it: pages no longer used hold copies.
    private static func flip(_ offset: Int, of event: [UInt8], in bytes: inout [UInt8]) {
        var places: [Int] = []
        let data = Data(bytes)
        while let place = data.range(
            of: Data(event), in: (places.last.map { $0 + 1 } ?? 0)..<data.count)
        {
            places.append(place.lowerBound)
        }
        #expect(!places.isEmpty)
        for place in places { bytes[place + offset] ^= 0x10 }
    }

    /// A page that leads back to one that was read already made `verify` walk for ever.
    @Test func aWalkThatComesBackEnds() throws {
        func row(_ key: UInt8...) -> TableRow { TableRow(key: key, value: []) }
        var rows = AscendingRows(from: [1])
        try rows.append(row(1))
        try rows.append(row(1, 0))
        for earlier in [row(1, 0), row(1), row(0, 9)] {
            #expect(throws: HansardError.self) { try rows.append(earlier) }
        }
        try rows.append(row(2))
        #expect(rows.list.count == 3)
        var begun = AscendingRows(from: [5])
        #expect(throws: HansardError.self) { try begun.append(row(4, 255)) }
    }
}
