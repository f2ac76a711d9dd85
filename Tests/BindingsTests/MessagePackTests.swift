import HansardBindings
import HansardTesting
import Testing

/// The bytes a packer holds after `body`.
private func packed(_ body: (inout Packer) -> Void) -> [UInt8] {
    var packer = Packer()
    body(&packer)
    return packer.bytes()
}

/// The first token of some bytes.
private func token(_ bytes: [UInt8]) throws -> Unpacker.Token {
    var unpacker = Unpacker()
    return try unpacker.next(in: bytes.span)
}

/// msgpack-c's opinion.
private func referenceParses(_ bytes: [UInt8]) -> Bool { MessagePackReference.parses(bytes.span) }

@Suite struct MessagePackTests {
    /// Integers at each boundary of the specification, with the bytes it gives them.
    @Test(
        arguments: [
            (0, [0x00]), (127, [0x7f]), (128, [0xcc, 0x80]), (255, [0xcc, 0xff]),
            (256, [0xcd, 0x01, 0x00]), (65535, [0xcd, 0xff, 0xff]),
            (65536, [0xce, 0, 1, 0, 0]), (0xffff_ffff, [0xce, 0xff, 0xff, 0xff, 0xff]),
            (0x1_0000_0000, [0xcf, 0, 0, 0, 1, 0, 0, 0, 0]), (-1, [0xff]), (-32, [0xe0]),
            (-33, [0xd0, 0xdf]), (-128, [0xd0, 0x80]), (-129, [0xd1, 0xff, 0x7f]),
            (-32768, [0xd1, 0x80, 0x00]), (-32769, [0xd2, 0xff, 0xff, 0x7f, 0xff]),
            (-0x8000_0000, [0xd2, 0x80, 0, 0, 0]),
            (-0x8000_0001, [0xd3, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]),
            (Int64.min, [0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] as [(Int64, [UInt8])])
    func integersAtTheBoundaries(_ value: Int64, _ bytes: [UInt8]) throws {
        #expect(packed { $0.packInteger(value) } == bytes)
        #expect(try token(bytes) == .int(value))
    }

    @Test func unsignedAboveInt64() throws {
        let bytes = packed { $0.packUnsigned(.max) }
        #expect(bytes == [0xcf] + [UInt8](repeating: 0xff, count: 8))
        #expect(try token(bytes) == .uint(.max))
        #expect(try token(packed { $0.packUnsigned(UInt64(Int64.max)) }) == .int(.max))
    }

    @Test func wordsAndDoubles() throws {
        #expect(packed { $0.packNil() } == [0xc0])
        #expect(packed { $0.packBool(false) } == [0xc2])
        #expect(packed { $0.packBool(true) } == [0xc3])
        #expect(packed { $0.packDouble(1) } == [0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0])
        #expect(try token(packed { $0.packDouble(-0.5) }) == .double(-0.5))
    }

    @Test(arguments: [0, 1, 31, 32, 255, 256, 65535, 65536])
    func textOfEveryHeader(_ count: Int) throws {
        let bytes = packed { $0.packString(String(repeating: "x", count: count)) }
        let header = count < 32 ? 1 : count < 256 ? 2 : count < 65536 ? 3 : 5
        #expect(bytes.count == header + count)
        #expect(try token(bytes) == .string(header..<bytes.count))
        #expect(referenceParses(bytes))
    }

    @Test(arguments: [0, 1, 15, 16, 65535, 65536])
    func containersOfEveryHeader(_ count: Int) throws {
        let array = packed { packer in
            packer.packArrayHeader(count: count)
            for _ in 0..<count { packer.packNil() }
        }
        #expect(try token(array) == .array(count))
        let map = packed { packer in
            packer.packMapHeader(count: count)
            for _ in 0..<(2 * count) { packer.packNil() }
        }
        #expect(try token(map) == .map(count))
        for bytes in [array, map] {
            var unpacker = Unpacker()
            try unpacker.skipValue(in: bytes.span)
            #expect(unpacker.offset == bytes.count)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65535, 65536])
    func extensionsOfEveryLength(_ count: Int) throws {
        let body = [UInt8](repeating: 7, count: count)
        let bytes = packed { $0.packExtension(type: -5, body.span) }
        #expect(try token(bytes) == .ext(type: -5, (bytes.count - count)..<bytes.count))
        #expect(referenceParses(bytes))
    }

    @Test func extensionsFromNumbers() {
        let eight: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let pair = eight + eight
        #expect(
            packed { $0.packExtension(type: 2, bigEndian: 0x0102_0304_0506_0708) }
                == packed { $0.packExtension(type: 2, eight.span) })
        let half: UInt64 = 0x0102_0304_0506_0708
        #expect(
            packed { $0.packExtension(type: 1, bigEndian: half, half) }
                == packed { $0.packExtension(type: 1, pair.span) })
    }

    /// Formats that are never written are refused: bin, float 32 and the reserved byte.
    @Test(arguments: [0xc1, 0xc4, 0xc5, 0xc6, 0xca] as [UInt8])
    func unsupportedFormats(_ head: UInt8) {
        let bytes = [head] + [UInt8](repeating: 0, count: 16)
        #expect(throws: MessagePackError(.unsupportedFormat, at: 0)) { try token(bytes) }
    }

    /// A header cannot promise more than is left.
    @Test(
        arguments: [
            [0xdd, 0xff, 0xff, 0xff, 0xff], [0xdf, 0x7f, 0xff, 0xff, 0xff], [0x9f], [0x81, 0xc0],
        ] as [[UInt8]])
    func countsPastTheEnd(_ bytes: [UInt8]) {
        #expect(throws: MessagePackError(.countTooLarge, at: 0)) { try token(bytes) }
    }

    @Test func everyPrefixIsTruncated() {
        let values: [[UInt8]] = [
            packed { $0.packInteger(.min) }, packed { $0.packDouble(1) },
            packed { $0.packInteger(300) },
            packed { $0.packString("twelve bytes and more than thirty-two") },
            packed { $0.packExtension(type: 1, bigEndian: 1, 2) }, [0xc7, 3, 1, 9, 9, 9],
        ]
        for bytes in values {
            for count in 0..<bytes.count {
                let part = Array(bytes[..<count])
                #expect(throws: MessagePackError.self) { try token(part) }
            }
        }
    }

    @Test func depthIsLimited() throws {
        for (depth, isFine) in [(1, true), (64, true), (65, false), (5000, false)] {
            let bytes = [UInt8](repeating: 0x91, count: depth) + [0xc0]
            var unpacker = Unpacker()
            if isFine {
                try unpacker.skipValue(in: bytes.span)
                #expect(unpacker.offset == bytes.count)
            } else {
                #expect(throws: MessagePackError(.tooDeep, at: 64)) {
                    try unpacker.skipValue(in: bytes.span)
                }
            }
        }
    }

    @Test func packerIsReusable() {
        var packer = Packer(capacityBytes: 0)
        for _ in 0..<1000 { packer.packString("grows past its first capacity") }
        #expect(packer.count == 30_000)
        packer.removeAll()
        #expect(packer.bytes().isEmpty)
        packer.appendRaw([0xc0, 0xc3].span)
        var out: [UInt8] = [1]
        packer.appendTo(&out)
        #expect(out == [1, 0xc0, 0xc3])
    }
}
