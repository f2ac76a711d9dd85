import Hansard
import HansardBindings
import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Events as a whole: header, frame and payload, as they lie in a log.
@Suite struct StoredEventTests {
    /// A log with one event, and that event as it is stored.
    private static func log() throws -> (StoreFixture, Store, [UInt8]) {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.add(PayloadTests.full())
        let stored = try store.log.environment.read { try $0.get(1, from: store.log.events) }
        return (fixture, store, try #require(stored))
    }

    @Test func everyFlippedBitIsSeen() throws {
        let (_, store, stored) = try Self.log()
        try store.log.codecs.with { codec in
            _ = try codec.decode(stored.span, position: 1)
            for bit in 0..<stored.count * 8 {
                var damaged = stored
                damaged[bit / 8] ^= 1 << (bit % 8)
                let refusal = code { _ = try codec.decode(damaged.span, position: 1) }
                #expect(refusal == .corruptEvent, "bit \(bit)")
            }
        }
    }

    @Test func everyCutIsSeen() throws {
        let (_, store, stored) = try Self.log()
        try store.log.codecs.with { codec in
            for length in 0..<stored.count {
                let cut = Array(stored[..<length])
                let refusal = code { _ = try codec.decode(cut.span, position: 1) }
                #expect(refusal == .corruptEvent, "\(length)")
            }
        }
    }

    /// Lengths a header may claim against what its frame holds, checksum and all.
    @Test(arguments: [0, 1, 299, 301, 1 << 20, Layout.eventBytesHardMax + 1, Int(UInt32.max)])
    func aFalseLengthIsRefused(claimed: Int) throws {
        let (_, store, _) = try Self.log()
        var compressor = try Compressor(level: 3)
        var frame: [UInt8] = []
        try compressor.compress(
            [UInt8](repeating: 0, count: 300).span, dictionary: nil, appendingTo: &frame)
        #expect(try Self.decode(frame, rawLength: claimed, in: store) == .corruptEvent)
    }

    /// A few kilobytes that unfold to a hundred megabytes.
    @Test func aBombIsRefused() throws {
        let (_, store, _) = try Self.log()
        var compressor = try Compressor(level: 3)
        var frame: [UInt8] = []
        let zeros = [UInt8](repeating: 0, count: 100 << 20)
        try compressor.compress(zeros.span, dictionary: nil, appendingTo: &frame)
        #expect(try Self.decode(frame, rawLength: zeros.count, in: store) == .corruptEvent)
        #expect(try Self.decode(frame, rawLength: 1 << 20, in: store) == .corruptEvent)
    }

    @Test func encryptedAndUnknownDictionariesAreRefused() throws {
        let (_, store, stored) = try Self.log()
        var (header, frame) = try EventHeader.decode(stored.span, position: 1)
        let body = Array(stored[frame])
        header.encryptionKey = 1
        #expect(try Self.decode(header, body, in: store) == .corruptEvent)
        header.encryptionKey = nil
        header.dictionary = 999
        #expect(try Self.decode(header, body, in: store) == .corruptEvent)
    }

    private static func decode(
        _ frame: [UInt8], rawLength: Int, in store: Store
    ) throws -> ErrorCode? {
        let header = EventHeader(
            dictionary: 0, rawLength: rawLength, recordedAt: 0, clockAt: 0, revision: 0,
            previous: nil, entity: nil)
        return try decode(header, frame, in: store)
    }

    private static func decode(
        _ header: EventHeader, _ frame: [UInt8], in store: Store
    ) throws -> ErrorCode? {
        var stored: [UInt8] = []
        header.encode(position: 1, frame: frame, into: &stored)
        return try store.log.codecs.with { codec in
            code { _ = try codec.decode(stored.span, position: 1) }
        }
    }
}
