extension Scan {
    /// Eight lower-case hexadecimal digits, first digit in the lowest byte, as the number they
    /// write; nil when one of the bytes is anything else.
    @inlinable @inline(__always)
    public static func hexValue(_ word: UInt64) -> UInt32? {
        // Within bytes below 0x80, adding 0x80 - n sets bit 7 exactly when the byte is n or more.
        let digit = (word &+ ones &* 0x50) & ~(word &+ ones &* 0x46) & highs
        let letter = (word &+ ones &* 0x1f) & ~(word &+ ones &* 0x19) & highs
        guard word & highs == 0, digit | letter == highs else { return nil }
        let nibbles = (word & (ones &* 0x0f)) &+ (letter >> 7) &* 9
        let pairs = ((nibbles << 4) | (nibbles >> 8)) & 0x00ff_00ff_00ff_00ff
        let quads = (pairs | (pairs >> 8)) & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: quads | (quads >> 16)).byteSwapped
    }

    /// A number as eight lower-case hexadecimal digits, first digit in the lowest byte.
    @inlinable @inline(__always)
    public static func hexDigits(_ value: UInt32) -> UInt64 {
        var word = UInt64(value.byteSwapped)
        word = (word | (word << 16)) & 0x0000_ffff_0000_ffff
        word = (word | (word << 8)) & 0x00ff_00ff_00ff_00ff
        let nibbles = ((word >> 4) & 0x000f_000f_000f_000f) | ((word & 0x000f_000f_000f_000f) << 8)
        let letter = ((nibbles &+ ones &* 0x76) & highs) >> 7
        return nibbles &+ ones &* 0x30 &+ letter &* 0x27
    }

    /// The two halves of a UUID written in its canonical lower-case form of 36 bytes (RFC 9562,
    /// section 4); nil for any other text.
    @inlinable
    public static func uuid(_ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard text.count == 36, text[8] == 0x2d, text[13] == 0x2d, text[18] == 0x2d,
            text[23] == 0x2d
        else { return nil }
        let b = UInt64(word32(text, at: 9)) | UInt64(word32(text, at: 14)) << 32
        let c = UInt64(word32(text, at: 19)) | UInt64(word32(text, at: 24)) << 32
        guard let first = hexValue(word64(text, at: 0)), let second = hexValue(b),
            let third = hexValue(c), let fourth = hexValue(word64(text, at: 28))
        else { return nil }
        return (UInt64(first) << 32 | UInt64(second), UInt64(third) << 32 | UInt64(fourth))
    }
}

extension [UInt8] {
    /// Appends the canonical lower-case text of a UUID, 36 bytes (RFC 9562, section 4).
    public mutating func appendUUID(high: UInt64, low: UInt64) {
        let a = Scan.hexDigits(UInt32(truncatingIfNeeded: high >> 32))
        let b = Scan.hexDigits(UInt32(truncatingIfNeeded: high))
        let c = Scan.hexDigits(UInt32(truncatingIfNeeded: low >> 32))
        let d = Scan.hexDigits(UInt32(truncatingIfNeeded: low))
        let dash: UInt64 = 0x2d
        // "-bbbb-bb", "bb-cccc-" and "ccccdddd"; the last four digits of d follow.
        let w1 = dash | (b << 8 & 0xff_ffff_ff00) | dash << 40 | (b >> 32) << 48
        let w2 = (b >> 48) | dash << 16 | (c & 0xffff_ffff) << 24 | dash << 56
        let w3 = (c >> 32) | d << 32
        let words = (a.littleEndian, w1.littleEndian, w2.littleEndian, w3.littleEndian)
        let last = UInt32(truncatingIfNeeded: d >> 32).littleEndian
        // unsafe: the bytes of plain numbers, copied during the call.
        unsafe Swift.withUnsafeBytes(of: words) { unsafe append(contentsOf: $0) }
        unsafe Swift.withUnsafeBytes(of: last) { unsafe append(contentsOf: $0) }
    }
}
