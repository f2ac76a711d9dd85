import HansardRecords
import HansardTesting
import Testing

@Suite struct RecordRandomTests {
    private func text(_ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return Identifier.random(using: &random).text
        case 1: return Instant(microsecondsSinceUnixEpoch: Int64(random.next() >> 14)).text(.zulu)
        case 2: return Instant(microsecondsSinceUnixEpoch: Int64(random.next() >> 14)).text()
        default:
            let alphabet = Array("abc \"\\/\n\0\u{1f}\u{7f}é名😀\u{301}\u{2028}")
            let count = Int.random(in: 0..<50, using: &random)
            return String((0..<count).map { _ in alphabet.randomElement(using: &random)! })
        }
    }

    private func value(_ random: inout SeededGenerator, depth: Int) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2:
            return .integer(
                Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: return .unsigned(random.next())
        case 4:
            let double = Double(bitPattern: random.next())
            return .double(double.isFinite ? double : 1)
        case 5, 6: return .string(text(&random))
        case 7, 8:
            let count = Int.random(in: 0..<5, using: &random)
            return .array((0..<count).map { _ in value(&random, depth: depth - 1) })
        default: return .object(fields(&random, depth: depth - 1))
        }
    }

    private func fields(_ random: inout SeededGenerator, depth: Int) -> [(String, Value)] {
        (0..<Int.random(in: 0..<40, using: &random)).map {
            ("\($0)" + text(&random), value(&random, depth: depth))
        }
    }

    /// Packed and back, and through JSON and back, is the same; shuffled fields are equivalent.
    @Test func roundTrips() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("RecordRandomTests.roundTrips seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let fields = fields(&random, depth: 2)
            let record = try Record(fields)
            #expect(try record.value() == .object(fields), "seed \(seed)")
            #expect(try Record(validating: record.bytes) == record, "seed \(seed)")
            #expect(try Record(json: record.json()) == record, "seed \(seed)")
            #expect(try Record(json: record.json(.pretty)) == record, "seed \(seed)")
            let shuffled = try Record(fields.shuffled(using: &random))
            #expect(shuffled.isEquivalent(to: record), "seed \(seed)")
        }
    }

    /// Flipped and cut records are refused or read, never a crash; so is flipped JSON.
    @Test func damage() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("RecordRandomTests.damage seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let record = try Record(fields(&random, depth: 2))
            let json = Array(try record.json().utf8)
            for _ in 0..<30 {
                let packed = damaged(record.bytes, &random)
                if let taken = try? Record(validating: packed) {
                    #expect(try Record(json: taken.json()).value() == taken.value(), "seed \(seed)")
                }
                let text = damaged(json, &random)
                if let taken = try? Record(json: text.span) {
                    #expect(try Record(validating: taken.bytes) == taken, "seed \(seed)")
                }
            }
        }
    }

    private func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var copy = bytes
        let index = Int.random(in: 0..<bytes.count, using: &random)
        copy[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        if Int.random(in: 0..<4, using: &random) == 0 { copy.removeLast(copy.count - index) }
        return copy
    }
}
