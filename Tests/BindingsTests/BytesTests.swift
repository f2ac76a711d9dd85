import HansardBindings
import Testing

@Suite struct BytesTests {
    @Test func comparesLikeMemcmpAndThenByLength() {
        let ordered: [[UInt8]] = [[], [0], [0, 0], [0, 255], [1], [127], [128], [255], [255, 0]]
        for (i, a) in ordered.enumerated() {
            for (j, b) in ordered.enumerated() {
                #expect(compare(a, b).signum() == (i - j).signum())
                #expect(equal(a, b) == (i == j))
            }
        }
    }

    @Test func copiesAndAppends() {
        var out: [UInt8] = [1]
        let (some, none): ([UInt8], [UInt8]) = ([2, 3], [])
        Bytes.append(some.span, to: &out)
        Bytes.append(none.span, to: &out)
        #expect(out == [1, 2, 3])
        #expect(copy(out) == out)
    }

    @Test func integersRoundTripAtOddOffsets() {
        var out: [UInt8] = [9]
        Bytes.appendBigEndian(UInt32(0x0102_0304), to: &out)
        Bytes.appendLittleEndian(UInt16(0x0506), to: &out)
        #expect(out == [9, 1, 2, 3, 4, 6, 5])
        #expect(loadBig(out, 1, UInt32.self) == 0x0102_0304)
        #expect(loadLittle(out, 5, UInt16.self) == 0x0506)
        Bytes.storeLittleEndian(UInt32(0x0A0B_0C0D), into: &out, at: 3)
        Bytes.storeLittleEndian(UInt16(0x0201), into: &out, at: 0)
        #expect(out == [1, 2, 2, 0x0D, 0x0C, 0x0B, 0x0A])
    }

    @Test func accessOutOfBoundsStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let bytes: [UInt8] = [1, 2, 3]
            _ = Bytes.loadBigEndian(bytes.span, at: 0, as: UInt32.self)
        }
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = [1, 2, 3, 4]
            Bytes.storeLittleEndian(UInt32(1), into: &bytes, at: 1)
        }
    }
}

@Suite struct HashTests {
    /// From the test vectors of the xxHash project.
    @Test func xxh64MatchesPublishedVectors() {
        #expect(xxh64([], 0) == 0xEF46_DB37_51D8_E999)
        #expect(xxh64(Array("a".utf8), 0) == 0xD24E_C4F1_A98C_6E5B)
        #expect(xxh64(Array("abc".utf8), 0) == 0x44BC_2CF5_AD77_0999)
        #expect(
            xxh64(Array("Nobody inspects the spammish repetition".utf8), 0)
                == 0xFBCE_A83C_8A37_8BF1)
    }

    /// The sanity check of the xxHash project: its generator and its results with and without a
    /// seed.
    @Test func xxh64MatchesTheSanityBuffer() {
        var generator: UInt64 = 2_654_435_761
        let buffer = (0..<101).map { _ in
            defer { generator = generator &* 11_400_714_785_074_694_797 }
            return UInt8(generator >> 56)
        }
        let prime: UInt64 = 2_654_435_761
        #expect(xxh64(Array(buffer[..<1]), 0) == 0xE934_A84A_DB05_2768)
        #expect(xxh64([], prime) == 0xAC75_FDA2_929B_17EF)
    }

    @Test func xxh64DoesNotDependOnHowTheInputIsCut() {
        let data = noise(300)
        for length in 0...data.count {
            let whole = XXH64.hash(Array(data[..<length]).span, seed: 7)
            for step in [1, 3, 31, 32, 33, 64, 200] {
                var hash = XXH64(seed: 7)
                for start in stride(from: 0, to: length, by: step) {
                    hash.update(Array(data[start..<min(start + step, length)]).span)
                }
                #expect(hash.digest() == whole)
            }
        }
    }

    /// From `vectors_sip64` of the SipHash reference implementation.
    @Test func sipHashMatchesReferenceVectors() {
        let hash = SipHash(k0: 0x0706_0504_0302_0100, k1: 0x0F0E_0D0C_0B0A_0908)
        let expected: [(Int, UInt64)] = [
            (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (2, 0x0D6C_8009_D9A9_4F5A),
            (3, 0x8567_6696_D7FB_7E2D), (7, 0xAB02_00F5_8B01_D137), (8, 0x93F5_F579_9A93_2462),
            (15, 0xA129_CA61_49BE_45E5),
        ]
        for (length, value) in expected {
            #expect(sip(hash, (0..<length).map { UInt8($0) }) == value)
        }
    }
}

// The testing macros take an expression apart, which a span does not allow: these take arrays.
private func compare(_ a: [UInt8], _ b: [UInt8]) -> Int { Bytes.compare(a.span, b.span) }
private func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool { Bytes.equal(a.span, b.span) }
private func copy(_ a: [UInt8]) -> [UInt8] { Bytes.array(a.span) }
private func loadBig<T: FixedWidthInteger>(_ a: [UInt8], _ at: Int, _ type: T.Type) -> T {
    Bytes.loadBigEndian(a.span, at: at, as: type)
}
private func loadLittle<T: FixedWidthInteger>(_ a: [UInt8], _ at: Int, _ type: T.Type) -> T {
    Bytes.loadLittleEndian(a.span, at: at, as: type)
}
private func xxh64(_ a: [UInt8], _ seed: UInt64) -> UInt64 { XXH64.hash(a.span, seed: seed) }
private func sip(_ hash: SipHash, _ a: [UInt8]) -> UInt64 { hash.hash(a.span) }
