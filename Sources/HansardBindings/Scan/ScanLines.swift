#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension Scan {
    /// Offset of the first newline, or nil. Wraps `memchr`.
    public static func firstNewline(in span: Span<UInt8>) -> Int? {
        // The pointers are compared within the closure that lends the buffer.
        unsafe span.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress,
                let found = unsafe memchr(base, 10, buffer.count)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// Offset of the last newline, or nil. Reads backwards from the end.
    public static func lastNewline(in span: Span<UInt8>) -> Int? {
        var index = span.count
        while index > 0 {
            index -= 1
            if span[index] == 10 { return index }
        }
        return nil
    }

    /// The number of newlines.
    public static func newlines(in span: Span<UInt8>) -> Int {
        var count = 0
        var rest = span
        while let offset = firstNewline(in: rest) {
            count += 1
            rest = rest.extracting(droppingFirst: offset + 1)
        }
        return count
    }
}
