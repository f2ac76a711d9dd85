import HansardBindings
import HansardTesting
import Testing

/// msgpack-c's opinion.
private func referenceParses(_ bytes: [UInt8]) -> Bool { MessagePackReference.parses(bytes.span) }

@Suite struct MessagePackRandomTests {
    /// Packs a random value of limited depth.
    private func pack(_ packer: inout Packer, _ random: inout SeededGenerator, depth: Int) {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &random) {
        case 0: packer.packNil()
        case 1: packer.packBool(.random(using: &random))
        case 2:
            packer.packInteger(
                Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: packer.packUnsigned(random.next())
        case 4: packer.packDouble(Double.random(in: -1e9...1e9, using: &random))
        case 5:
            packer.packString(String(repeating: "é", count: .random(in: 0..<40, using: &random)))
        case 6: packer.packExtension(type: 2, bigEndian: random.next())
        case 7, 8:
            let count = Int.random(in: 0..<20, using: &random)
            packer.packArrayHeader(count: count)
            for _ in 0..<count { pack(&packer, &random, depth: depth - 1) }
        default:
            let count = Int.random(in: 0..<20, using: &random)
            packer.packMapHeader(count: count)
            for index in 0..<count {
                packer.packString("key \(index)")
                pack(&packer, &random, depth: depth - 1)
            }
        }
    }

    /// True if `Unpacker` takes the bytes as exactly one value.
    private func parses(_ bytes: [UInt8]) -> Bool {
        var unpacker = Unpacker()
        do {
            try unpacker.skipValue(in: bytes.span)
            return unpacker.isAtEnd(of: bytes.span)
        } catch {
            return false
        }
    }

    /// Both readers take what the packer writes, and of damaged bytes ours takes nothing msgpack-c
    /// refuses.
    @Test func agreesWithMsgpackC() {
        let seed = UInt64.random(in: 0 ... .max)
        print("MessagePackRandomTests seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            var packer = Packer()
            pack(&packer, &random, depth: 3)
            let bytes = packer.bytes()
            #expect(parses(bytes) && referenceParses(bytes), "seed \(seed)")
            for _ in 0..<20 {
                var damaged = bytes
                let index = Int.random(in: 0..<bytes.count, using: &random)
                damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                if Bool.random(using: &random) { damaged.removeLast(damaged.count - index) }
                if parses(damaged) {
                    #expect(referenceParses(damaged), "seed \(seed): \(damaged)")
                }
            }
        }
    }
}
