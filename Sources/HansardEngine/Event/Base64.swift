/// Base 64 as in RFC 4648, section 4: the standard alphabet, padded, and one text for each string
/// of bytes.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let pad = UInt8(ascii: "=")
    /// The value of each character; 255 for those that have none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    package static func text(_ bytes: [UInt8]) -> String {
        let alphabet = alphabet
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0)
            }
            for offset in 0..<4 {
                let value = Int(group >> UInt32(18 - 6 * offset) & 63)
                text.append(offset <= count ? alphabet[value] : pad)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what `text` does not write.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        // Looked up once: each look at a global asks whether it was made.
        let values = values
        let padding = characters.reversed().prefix(2).prefix { $0 == pad }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        var group: UInt32 = 0
        for (number, character) in characters.enumerated() {
            let isPadding = number >= characters.count - padding
            let value = isPadding ? 0 : values[Int(character)]
            guard value < 64 else { return nil }
            group = group << 6 | UInt32(value)
            guard number % 4 == 3 else { continue }
            for shift: UInt32 in [16, 8, 0] {
                bytes.append(UInt8(truncatingIfNeeded: group >> shift))
            }
            group = 0
        }
        // Bits that padding cut off must be zero, or two texts would mean the same.
        guard bytes.suffix(padding).allSatisfy({ $0 == 0 }) else { return nil }
        bytes.removeLast(padding)
        return bytes
    }
}
