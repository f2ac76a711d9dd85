extension Scan {
    /// The index of the first byte in `range` that does not begin well-formed UTF-8, or nil.
    ///
    /// Well-formed is what the Unicode Standard's table 3-7 lists: no overlong forms, no
    /// surrogates, nothing above U+10FFFF. ASCII passes 32 bytes at a time.
    public static func firstInvalidUTF8(_ span: Span<UInt8>, in range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= span.count)
        // unsafe: every index below stays under range.upperBound, which is within the span.
        return unsafe span.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var index = range.lowerBound
            let end = range.upperBound
            while index < end {
                index = unsafe endOfASCII(start, index, end)
                while index < end {
                    let first = unsafe start[index]
                    if first < 0x80 { break }
                    let length = unsafe sequenceLength(first, start + index, end - index)
                    if length == 0 { return index }
                    index += length
                }
            }
            return nil
        }
    }

    /// True if a whole span is well-formed UTF-8.
    public static func isUTF8(_ span: Span<UInt8>) -> Bool {
        firstInvalidUTF8(span, in: 0..<span.count) == nil
    }

    /// Moves over ASCII: 32, then 8, then single bytes.
    @inline(__always)
    private static func endOfASCII(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
        var index = from
        // unsafe: each load is of bytes below `end`, by the condition of its loop.
        let raw = unsafe UnsafeRawPointer(bytes)
        while index &+ 32 <= end {
            let a = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let b = unsafe raw.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
            let c = unsafe raw.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self)
            let d = unsafe raw.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self)
            if (a | b | c | d) & highs != 0 { break }
            index &+= 32
        }
        while index &+ 8 <= end {
            if unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & highs != 0 {
                break
            }
            index &+= 8
        }
        while index < end, unsafe bytes[index] < 0x80 { index &+= 1 }
        return index
    }

    /// The length of the sequence that begins with a byte of 0x80 or above; 0 when it is
    /// ill-formed.
    @inline(__always)
    private static func sequenceLength(
        _ first: UInt8, _ at: UnsafePointer<UInt8>, _ left: Int
    ) -> Int {
        // unsafe: bytes 1, 2 and 3 are read only after `left` has been compared.
        if first < 0xc2 { return 0 }
        if first < 0xe0 { return unsafe left >= 2 && at[1] & 0xc0 == 0x80 ? 2 : 0 }
        if first < 0xf0 {
            guard unsafe left >= 3 && at[1] & 0xc0 == 0x80 && at[2] & 0xc0 == 0x80 else { return 0 }
            let second = unsafe at[1]
            return (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ? 0 : 3
        }
        guard unsafe first < 0xf5 && left >= 4 && at[1] & 0xc0 == 0x80 else { return 0 }
        guard unsafe at[2] & 0xc0 == 0x80 && at[3] & 0xc0 == 0x80 else { return 0 }
        let second = unsafe at[1]
        return (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) ? 0 : 4
    }
}
