extension Scan {
    /// The byte that a backslash and `byte` stand for (RFC 8259, section 7); 0 when there is no
    /// such escape.
    @inlinable @inline(__always)
    public static func escaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        default: 0
        }
    }

    /// Writes the bytes a JSON text stands for to the front of `out`, which grows to hold the text
    /// as it is written and never shrinks, and returns how many they are.
    ///
    /// The escapes have to have been checked; unchecked ones give other bytes but stay within
    /// bounds.
    public static func unescape(_ text: Span<UInt8>, into out: inout [UInt8]) -> Int {
        let count = text.count
        if out.count < count { out = [UInt8](repeating: 0, count: max(count, 2 * out.count)) }
        // unsafe: reading stays below `count`. Every escape is at least as long as its bytes, so
        // writing never overtakes reading and stays below `count` too, which is at most out.count.
        return unsafe text.withUnsafeBytes { source in
            unsafe out.withUnsafeMutableBytes { target in
                var from = 0
                var to = 0
                while from < count {
                    unsafe copyPlain(source, target, &from, &to)
                    guard from &+ 1 < count else { break }
                    unsafe copyEscape(source, target, &from, &to)
                }
                return to
            }
        }
    }

    /// Copies up to the next backslash (or other byte that ends plain text), eight bytes at a time.
    @inline(__always)
    private static func copyPlain(
        _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer,
        _ from: inout Int, _ to: inout Int
    ) {
        // unsafe: both accesses are of eight bytes that end at or before the text's end; see
        // `unescape`.
        while from &+ 8 <= source.count {
            let word = unsafe source.loadUnaligned(fromByteOffset: from, as: UInt64.self)
            unsafe target.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
            let found = marks(UInt64(littleEndian: word))
            let step = found == 0 ? 8 : found.trailingZeroBitCount >> 3
            from &+= step
            to &+= step
            if found != 0 { return }
        }
        while from < source.count, unsafe source[from] != UInt8(ascii: "\\") {
            unsafe target[to] = source[from]
            from &+= 1
            to &+= 1
        }
    }

    /// Writes what one escape stands for; at least two bytes are left.
    @inline(__always)
    private static func copyEscape(
        _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer,
        _ from: inout Int, _ to: inout Int
    ) {
        // unsafe: indices stay within the text; see `unescape`.
        guard unsafe source[from &+ 1] == UInt8(ascii: "u") else {
            unsafe target[to] = escaped(source[from &+ 1])
            from &+= 2
            to &+= 1
            return
        }
        var scalar = unsafe codeUnit(source, from)
        from = min(from &+ 6, source.count)
        if scalar & 0xfc00 == 0xd800, from &+ 6 <= source.count {
            scalar = unsafe 0x10000 + (scalar & 0x3ff) << 10 + (codeUnit(source, from) & 0x3ff)
            from &+= 6
        }
        for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{fffd}")! where to < from {
            unsafe target[to] = byte
            to &+= 1
        }
    }

    /// The number in `\uXXXX` at an index; what is missing or no digit counts as 0.
    private static func codeUnit(_ source: UnsafeRawBufferPointer, _ at: Int) -> UInt32 {
        var value: UInt32 = 0
        // unsafe: the upper bound is at most the text's end.
        for index in (at &+ 2)..<max(at &+ 2, min(at &+ 6, source.count)) {
            let byte = unsafe source[index]
            let digit = byte < 0x3a ? byte &- 0x30 : (byte | 0x20) &- 0x57
            value = value << 4 | UInt32(digit & 0x0f)
        }
        return value
    }
}
