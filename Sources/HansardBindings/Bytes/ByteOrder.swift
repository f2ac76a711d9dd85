/// Fixed-width integers in byte strings. Every access is bounds checked; out of bounds is a
/// precondition failure. A load or a store is one unaligned machine access after inlining.
extension Bytes {
    /// The little-endian integer at byte `offset` of `span`.
    @inlinable
    public static func loadLittleEndian<T: FixedWidthInteger>(
        _ span: Span<UInt8>, at offset: Int, as type: T.Type
    ) -> T {
        T(littleEndian: load(span, at: offset, as: type))
    }

    /// The big-endian integer at byte `offset` of `span`.
    @inlinable
    public static func loadBigEndian<T: FixedWidthInteger>(
        _ span: Span<UInt8>, at offset: Int, as type: T.Type
    ) -> T {
        T(bigEndian: load(span, at: offset, as: type))
    }

    /// Overwrites the bytes at `offset` with `value`, least significant byte first.
    @inlinable
    public static func storeLittleEndian<T: FixedWidthInteger>(
        _ value: T, into array: inout [UInt8], at offset: Int
    ) {
        store(value.littleEndian, into: &array, at: offset)
    }

    /// Appends `value`, least significant byte first.
    @inlinable
    public static func appendLittleEndian<T: FixedWidthInteger>(
        _ value: T, to array: inout [UInt8]
    ) {
        appendRaw(value.littleEndian, to: &array)
    }

    /// Appends `value`, most significant byte first, so that byte order is numeric order.
    @inlinable
    public static func appendBigEndian<T: FixedWidthInteger>(
        _ value: T, to array: inout [UInt8]
    ) {
        appendRaw(value.bigEndian, to: &array)
    }

    /// The integer at `offset` in the machine's own order.
    @inlinable
    static func load<T: FixedWidthInteger>(
        _ span: Span<UInt8>, at offset: Int, as type: T.Type
    ) -> T {
        precondition(
            offset >= 0 && offset <= span.count - MemoryLayout<T>.size, "load out of bounds")
        // Bounds were checked above, and any bit pattern is a valid integer.
        return unsafe span.withUnsafeBytes {
            unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self)
        }
    }

    /// Stores `value` as it is in memory.
    @inlinable
    static func store<T: FixedWidthInteger>(
        _ value: T, into array: inout [UInt8], at offset: Int
    ) {
        precondition(
            offset >= 0 && offset <= array.count - MemoryLayout<T>.size, "store out of bounds")
        // Bounds were checked above; unaligned stores of trivial types are allowed.
        unsafe array.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: value, toByteOffset: offset, as: T.self)
        }
    }

    /// Appends `value` as it is in memory.
    @inlinable
    static func appendRaw<T: FixedWidthInteger>(_ value: T, to array: inout [UInt8]) {
        // The bytes of a local integer, read within the closure that lends them.
        unsafe withUnsafeBytes(of: value) { unsafe array.append(contentsOf: $0) }
    }
}
