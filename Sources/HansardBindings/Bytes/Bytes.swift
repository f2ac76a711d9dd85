#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Comparing and copying runs of bytes, each at the cost of one `memcmp` or `memcpy`.
///
/// All functions are pure, allocate only what they return, and may be called from any thread.
public enum Bytes {
    /// Orders two byte strings as `memcmp` does, and a prefix before what it begins: LMDB's key
    /// order.
    ///
    /// - Returns: a negative number, zero or a positive number. Never fails. Wraps `memcmp`.
    public static func compare(
        _ a: Span<UInt8>, _ b: Span<UInt8>
    ) -> Int {
        let common = min(a.count, b.count)
        let order = difference(a, b, count: common)
        return order != 0 ? order : a.count - b.count
    }

    /// True if two byte strings are the same. Wraps `memcmp`; not constant-time.
    public static func equal(
        _ a: Span<UInt8>, _ b: Span<UInt8>
    ) -> Bool {
        a.count == b.count && difference(a, b, count: a.count) == 0
    }

    /// Appends a span to an array with one `memcpy`, growing the array geometrically.
    @inlinable
    public static func append(_ span: Span<UInt8>, to array: inout [UInt8]) {
        // The buffer is only read, within the closure that lends it.
        unsafe span.withUnsafeBufferPointer { unsafe array.append(contentsOf: $0) }
    }

    /// A copy of the span: one allocation and one `memcpy`.
    @inlinable
    public static func array(_ span: Span<UInt8>) -> [UInt8] {
        // The buffer is only read, within the closure that lends it.
        unsafe span.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }

    /// `memcmp` of the first `count` bytes, which both spans must have.
    private static func difference(
        _ a: Span<UInt8>, _ b: Span<UInt8>, count: Int
    ) -> Int {
        guard count > 0 else { return 0 }
        // `count` is at most the length of either, so that both addresses exist and are in bounds.
        return unsafe a.withUnsafeBytes { left in
            unsafe b.withUnsafeBytes { right in
                unsafe Int(memcmp(left.baseAddress!, right.baseAddress!, count))
            }
        }
    }
}
