import Hansard
import HansardBindings
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct HeaderTests {
    static let plain = EventHeader(
        dictionary: 1, rawLength: 300, recordedAt: 1_700_000_000_000_000,
        clockAt: 1_700_000_000_000_000, revision: 0, previous: nil, entity: nil,
        encryptionKey: nil)

    static let full = EventHeader(
        dictionary: .max, rawLength: Int(UInt32.max), recordedAt: .max, clockAt: .min,
        revision: .max, previous: 1, entity: 2, encryptionKey: 7)

    static let own = EventHeader(
        dictionary: 0, rawLength: 1, recordedAt: -5, clockAt: -9, revision: 3, previous: 999,
        entity: 1_000)

    @Test(arguments: [plain, full, own]) func headersComeBack(header: EventHeader) throws {
        let stored = Self.stored(header, at: 1_000, frame: [1, 2, 3])
        #expect(stored.count <= Layout.headerBytesMax + 3)
        let (decoded, frame) = try EventHeader.decode(stored.span, position: 1_000)
        #expect(decoded == header)
        #expect(Array(stored[frame]) == [1, 2, 3])
    }

    /// The raw clock takes room only where it differs from the recorded time.
    @Test func theClockIsStoredOnlyWhenItDiffers() {
        var late = Self.plain
        late.clockAt -= 1
        let shift = Self.stored(late, at: 9).count - Self.stored(Self.plain, at: 9).count
        #expect(shift == 8)
    }

    /// Byte for byte what docs/FORMAT.md says; logs hold these for ever.
    @Test func theFormatNeverChanges() {
        let header = EventHeader(
            dictionary: 0x0102, rawLength: 0x0304_0506, recordedAt: 0x0708_090A_0B0C_0D0E,
            clockAt: 0x1718_191A_1B1C_1D1E, revision: 300, previous: 41, entity: 42)
        let hex = Self.stored(header, at: 42, frame: [0xAA, 0xBB]).hex
        #expect(
            hex == "01010201060504030e0d0c0b0a090807" + "3b94fb9fbe5f5edd" + "ac020101"
                + "1e1d1c1b1a191817" + "aabb")
    }

    @Test(arguments: [plain, full, own]) func everyFlippedBitIsSeen(header: EventHeader) throws {
        let stored = Self.stored(header, at: 1_000, frame: [9, 8, 7, 6])
        for bit in 0..<stored.count * 8 {
            var damaged = stored
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(Self.refusal(damaged, at: 1_000) == .corruptEvent, "bit \(bit)")
        }
    }

    @Test(arguments: [plain, full, own]) func everyCutIsSeen(header: EventHeader) {
        let stored = Self.stored(header, at: 1_000, frame: [9, 8, 7, 6])
        for length in 0..<stored.count {
            #expect(Self.refusal(Array(stored[..<length]), at: 1_000) == .corruptEvent)
        }
        #expect(Self.refusal(stored + [0], at: 1_000) == .corruptEvent)
    }

    /// An event copied to another place is damage, though its bytes are whole.
    @Test func anEventOfAnotherPositionIsRefused() {
        let stored = Self.stored(Self.plain, at: 1_000)
        #expect(Self.refusal(stored, at: 1_000) == nil)
        #expect(Self.refusal(stored, at: 1_001) == .corruptEvent)
    }

    /// A newer version's format must not be taken for something this one knows.
    @Test func unknownFormatsAndFlagsAreRefusedThoughSummed() {
        #expect(Self.refusal(Self.resummed { $0[0] = 2 }, at: 1_000) == .corruptEvent)
        for bit in 2..<8 {
            #expect(Self.refusal(Self.resummed { $0[1] |= 1 << bit }, at: 1_000) == .corruptEvent)
        }
    }

    /// Headers that point before the first event or behind themselves, or end early, checksum and
    /// all.
    @Test func impossibleHeadersAreRefused() {
        let fixed = Layout.headerFixedBytes
        let fields: [[UInt8]] = [
            [0x80, 0x00, 0, 0, 9], [0, 0xE8, 0x07, 0, 9], [0, 0, 0xE9, 0x07, 9], [0, 0, 0], [0xFF],
            [0],
        ]
        for field in fields {
            let stored = Self.resummed { $0 = $0.prefix(fixed) + field }
            #expect(Self.refusal(stored, at: 1_000) == .corruptEvent, "\(field)")
        }
        let clockCut = Self.resummed { $0[1] = EventHeader.flagClock }
        #expect(Self.refusal(clockCut, at: 1_000) == .corruptEvent)
    }

    private static func stored(
        _ header: EventHeader, at position: UInt64, frame: [UInt8] = [5]
    ) -> [UInt8] {
        var bytes: [UInt8] = [1, 2, 3]
        header.encode(position: position, frame: frame, into: &bytes)
        return bytes
    }

    /// `plain` at position 1,000, changed, with the checksum of what it says then.
    private static func resummed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = stored(plain, at: 1_000)
        change(&bytes)
        let sum = EventHeader.checksum(bytes.span, position: 1_000)
        Bytes.storeLittleEndian(sum, into: &bytes, at: 16)
        return bytes
    }

    private static func refusal(_ stored: [UInt8], at position: UInt64) -> ErrorCode? {
        code { _ = try EventHeader.decode(stored.span, position: position) }
    }
}
