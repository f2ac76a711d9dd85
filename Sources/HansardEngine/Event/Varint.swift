import HansardBindings

/// LEB128: seven bits a byte, the lowest first, the high bit set on all but the last.
package enum Varint {
    package static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The bytes that `append` adds, without an array: its bytes in two words, the first the
    /// lowest.
    static func words(of value: UInt64) -> (low: UInt64, high: UInt64, bytesCount: Int) {
        var (low, high, count): (UInt64, UInt64, Int) = (0, 0, 0)
        var rest = value
        while true {
            let byte = rest & 0x7F | (rest >= 0x80 ? 0x80 : 0)
            if count < 8 {
                low |= byte << UInt64(8 * count)
            } else {
                high |= byte << UInt64(8 * count - 64)
            }
            count += 1
            if rest < 0x80 { return (low, high, count) }
            rest >>= 7
        }
    }

    /// Reads one number and moves `offset` past it; nil when it is cut off, longer than 64 bits
    /// or not in its shortest form.
    package static func read(_ bytes: Span<UInt8>, at offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count && shift < 64 {
            let byte = bytes[offset]
            offset += 1
            let part = UInt64(byte & 0x7F)
            if shift == 63 && part > 1 { return nil }
            value |= part << shift
            if byte & 0x80 == 0 { return byte == 0 && shift > 0 ? nil : value }
            shift += 7
        }
        return nil
    }
}

/// Unsigned numbers as key parts: shorter ones first, so byte order is number order.
///
/// One byte says how many bytes follow, then the number, big-endian without leading zeros. A
/// position below 16 million takes four bytes instead of eight.
public enum OrderedInteger {
    public static func append(_ value: UInt64, to key: inout [UInt8]) {
        let length = (64 - value.leadingZeroBitCount + 7) / 8
        key.append(UInt8(length))
        var shift = length * 8
        while shift > 0 {
            shift -= 8
            key.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// Reads one number and moves `offset` past it; nil when the key is cut off or malformed.
    public static func read(_ key: Span<UInt8>, at offset: inout Int) -> UInt64? {
        guard offset < key.count else { return nil }
        let length = Int(key[offset])
        guard length <= 8, offset + 1 + length <= key.count else { return nil }
        // A leading zero would be another form of the same number, and sort in another place.
        if length > 0 && key[offset + 1] == 0 { return nil }
        var value: UInt64 = 0
        for index in offset + 1..<offset + 1 + length {
            value = value << 8 | UInt64(key[index])
        }
        offset += 1 + length
        return value
    }
}

/// Numbers as 8 bytes, big-endian: values of counting tables.
public enum FixedInteger {
    public static func bytes(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        Bytes.appendBigEndian(value, to: &bytes)
        return bytes
    }

    /// Nil when there are not 8 bytes.
    public static func read(_ bytes: [UInt8]) -> UInt64? {
        bytes.count == 8 ? Bytes.loadBigEndian(bytes.span, at: 0, as: UInt64.self) : nil
    }
}
