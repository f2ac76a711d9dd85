import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Moments in a backup whose end is torn or damaged, and among events of one recorded time.
@Suite struct RestoreMomentTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    private func url(_ name: SegmentName) -> URL {
        URL(fileURLWithPath: "\(fixture.backup)/\(name.text)")
    }

    /// Several sealed segments and an open one.
    private func several() throws -> (events: [RecordedEvent], names: [SegmentName]) {
        var random = Seeded(81)
        var events = try fixture.append(90, random: &random)
        try fixture.backUp()
        events += try fixture.append(6, random: &random)
        try fixture.backUp(segment: 1 << 20)
        let names = try fixture.segments()
        try #require(names.count > 3 && names.last?.last == nil)
        return (events, names)
    }

    private func find(_ moment: Instant) throws -> Position {
        try RestoreMoment.find(moment, in: BackupDirectory(fixture.backup)).position
    }

    /// A machine that ended while the first block of a new segment was written: nothing that counts
    /// is missing.
    @Test func aTornFirstBlockIsNoDamage() throws {
        var random = Seeded(82)
        let events = try fixture.append(30, random: &random)
        try fixture.backUp(segment: 1)
        try #require(try fixture.segments().last?.last != nil)
        let header = SegmentHeader(
            logID: try LogReader(path: fixture.source.path).log.id, ancestry: [],
            first: Position(31),
            digestBefore: try #require(try BackupDirectory(fixture.backup).manifest()).digest,
            createdAt: fixture.clock.read().microsecondsSinceUnixEpoch)
        let open = SegmentName(first: Position(31), last: nil)
        try Data(header.encode() + [UInt8](repeating: 7, count: 30)).write(to: url(open))
        #expect(try fixture.restore().hasSuffix("1"))
        #expect(try find(events[29].recordedAt) == Position(30))
        #expect(try find(events[10].recordedAt) >= Position(11))
        #expect(try find(.microseconds(.max / 2)) == Position(30))
    }

    /// Events before damage can be restored by their time too.
    @Test func damageBehindTheMomentIsNotInItsWay() throws {
        let (events, names) = try several()
        let moment = events[3].recordedAt
        let expected = try find(moment)
        for name in names.dropFirst() {
            let sound = try Data(contentsOf: url(name))
            for cut in [10, sound.count - 5] {
                try sound.prefix(cut).write(to: url(name))
                #expect(try find(moment) == expected, "\(name.text) cut at \(cut)")
            }
            try FileManager.default.removeItem(at: url(name))
            #expect(try find(moment) == expected, "\(name.text) is missing")
            try sound.write(to: url(name))
        }
    }

    /// Where the moment may be in what is damaged, it is not guessed.
    @Test func aMomentInDamageIsRefused() throws {
        let (events, names) = try several()
        let name = names[1]
        try Data(contentsOf: url(name)).prefix(10).write(to: url(name))
        let last = Int(name.first.rawValue) - 1
        for moment in [events[last - 1].recordedAt, events[last].recordedAt, Instant.microseconds(.max / 2)] {
            #expect(code { _ = try find(moment) } == .damagedBackup)
        }
    }

    @Test func eventsOfOneTimeGoTogether() throws {
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        func add(_ count: Int) throws -> Instant {
            var at = Instant.microseconds(0)
            for _ in 0..<count { at = try store.add(try event(data: #"{"amount":1}"#)).recordedAt }
            return at
        }
        func before(_ instant: Instant) -> Instant { instant.advanced(by: .microseconds(-1)) }
        let first = try add(5)
        fixture.clock.advance(1_000_000)
        let second = try add(50)
        fixture.clock.advance(1_000_000)
        let third = try add(5)
        try store.close()
        try fixture.backUp(segment: 300)
        try #require(try fixture.segments().count > 3, "one time has several segments")
        #expect(try find(first) == Position(5) && find(before(second)) == Position(5))
        #expect(try find(second) == Position(55) && find(before(third)) == Position(55))
        #expect(try find(third) == Position(60) && find(third.advanced(by: .microseconds(1))) == Position(60))
    }
}
