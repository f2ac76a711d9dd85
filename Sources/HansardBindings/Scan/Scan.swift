/// Looking at bytes eight at a time.
///
/// The bit tricks are those of "Bit Twiddling Hacks" (Sean Anderson), "Determine if a word has a
/// zero byte" and "… a byte less than n": borrows only run upwards, so the lowest hit in a
/// little-endian word is exact.
public enum Scan {
    @usableFromInline static let ones: UInt64 = 0x0101_0101_0101_0101
    @usableFromInline static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The eight bytes at `index`, first byte lowest. Traps when they are not all there.
    @inlinable @inline(__always)
    public static func word64(_ span: Span<UInt8>, at index: Int) -> UInt64 {
        // unsafe: a bounds-checked load; any eight bytes are a UInt64.
        unsafe UInt64(
            littleEndian: span.bytes.unsafeLoadUnaligned(
                fromByteOffset: index, as: UInt64.self))
    }

    /// The four bytes at `index`, first byte lowest. Traps when they are not all there.
    @inlinable @inline(__always)
    public static func word32(_ span: Span<UInt8>, at index: Int) -> UInt32 {
        // unsafe: a bounds-checked load; any four bytes are a UInt32.
        unsafe UInt32(
            littleEndian: span.bytes.unsafeLoadUnaligned(
                fromByteOffset: index, as: UInt32.self))
    }

    /// Marks (with bit 7) the bytes of a word that JSON text cannot hold as they are: `"`, `\` and
    /// those below 0x20. Only the lowest mark is exact.
    @inlinable @inline(__always)
    static func marks(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let slash = word ^ (ones &* 0x5c)
        let control = (word &- (ones &* 0x20)) & ~word
        return (((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | control) & highs
    }

    /// The index of the first `"`, `\` or byte below 0x20 at or after `start`, or the count if
    /// there is none (RFC 8259, section 7: what has to be escaped).
    @inlinable
    public static func endOfPlainText(_ span: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index &+ 8 <= span.count {
            let found = marks(word64(span, at: index))
            if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < span.count {
            let byte = span[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5c { break }
            index &+= 1
        }
        return index
    }

    /// True if two spans hold the same bytes.
    @inlinable
    public static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        var index = 0
        while index &+ 8 <= a.count {
            if word64(a, at: index) != word64(b, at: index) { return false }
            index &+= 8
        }
        while index < a.count {
            if a[index] != b[index] { return false }
            index &+= 1
        }
        return true
    }
}

extension [UInt8] {
    /// Appends a copy of a span's bytes.
    @inlinable
    public mutating func appendSpan(_ span: Span<UInt8>) {
        // unsafe: the buffer is only read, during the call, and appending copies it.
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
