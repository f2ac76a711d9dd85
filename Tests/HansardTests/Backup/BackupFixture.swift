import Foundation
import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A store, a place for its backup, and places for what is restored.
final class BackupFixture {
    let source: StoreFixture
    var root: String { source.directory.path }
    var backup: String { root + "/backup" }
    /// The next time of the store's clock; it is moved by hand.
    let clock = MovedClock()
    private var restoredCount = 0

    init() throws { source = try StoreFixture() }

    var settings: Store.Settings { Store.Settings.tested.with { $0.clock = clock.read } }

    /// Small blocks and segments, so that a few events make several.
    static func small(_ clock: MovedClock, segment: Int = 4_000) -> Backup.Settings {
        var settings = Backup.Settings()
        settings.blockBytes = 700
        settings.segmentBytesMax = segment
        settings.clock = clock.read
        return settings
    }

    @discardableResult
    func append(_ count: Int, random: inout Seeded) throws -> [RecordedEvent] {
        let store = try source.open(units: [Ledger.unit], settings: settings)
        defer { try? store.close() }
        return try (0..<count).map { _ in
            clock.advance(Int64.random(in: -2_000_000...5_000_000, using: &random))
            let words = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                String(UInt32.random(in: 0...UInt32.max, using: &random), radix: 36)
            }
            let data = #"{"amount":1,"text":"\#(words.joined(separator: " "))"}"#
            let name = "s\(Int.random(in: 0..<6, using: &random))"
            return try store.add(try event(in: name, data: data))
        }
    }

    @discardableResult
    func backUp(segment: Int = 4_000) throws -> BackupReport {
        try Backup(ofStore: source.path, to: backup, settings: Self.small(clock, segment: segment))
            .run()
    }

    /// Restores to a new place, and gives it.
    func restore(_ target: RestoreTarget = .end, from directory: String? = nil) throws -> String {
        restoredCount += 1
        let path = root + "/restored-\(restoredCount)"
        _ = try restore(target, from: directory, into: path)
        return path
    }

    @discardableResult
    func restore(
        _ target: RestoreTarget = .end, from directory: String? = nil, into path: String
    ) throws -> RestoreReport {
        try Restore(from: directory ?? backup, into: path, units: [Ledger.unit], settings: settings)
            .run(to: target)
    }

    /// Changes the last byte of an event in the log.
    func damageEvent(_ position: UInt64) throws {
        let environment = try Environment(directory: "\(source.path)/log")
        defer { environment.close() }
        let events = try #require(
            try environment.openDatabase(Layout.events, integerKeys: true, create: false))
        try environment.write { transaction in
            var stored = try #require(try transaction.get(position, from: events))
            stored[stored.count - 1] ^= 1
            try transaction.put(stored.span, integerKey: position, in: events)
        }
    }

    func segments() throws -> [SegmentName] { try BackupDirectory(backup).names() }

    /// All events of a store with all their fields, as text, but for the one that records that it was
    /// restored, which must be its last; checks the index against a replay.
    static func everything(_ path: String, through last: UInt64 = .max) throws -> [String] {
        let store = try Store.open(path, units: [Ledger.unit], settings: .tested)
        defer { try? store.close() }
        var verifier = Verifier(store) { _ in }
        let report = try verifier.run()
        try #require(report.isSound, "\(report.problems)")
        return try store.read { view in
            var lines: [String] = []
            var acts: [Bool] = []
            try view.forEachEvent(from: Position(1), through: min(view.position, Position(last))) {
                lines.append("\($0)")
                acts.append($0.event.type == OperatorAct.restored)
            }
            #expect(!acts.dropLast().contains(true), "nothing comes before what was restored")
            return acts.last == true ? lines.dropLast() : lines
        }
    }
}

/// A clock that says what it is told.
final class MovedClock: Sendable {
    private let now = ConditionLock<Int64>(1_700_000_000_000_000)

    var read: @Sendable () -> Instant { { [now] in .microseconds(now.withLock { $0 }) } }

    func advance(_ microseconds: Int64) { now.withLock { $0 += microseconds } }
}
