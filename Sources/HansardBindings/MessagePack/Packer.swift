internal import CMessagePack

/// Writes MessagePack into a buffer of its own, with msgpack-c's packer and `msgpack_sbuffer`.
///
/// Every call appends one value in the shortest form the MessagePack specification has for it. A
/// map or array is its header followed by its items; that the promised number of items follows is
/// the caller's duty. Running out of memory ends the process.
@safe public struct Packer: ~Copyable {
    private var buffer: msgpack_sbuffer

    /// An empty packer with room for `capacityBytes` bytes; it grows by doubling.
    public init(capacityBytes: Int = 512) {
        precondition(capacityBytes >= 0)
        let size = max(capacityBytes, 64)
        // unsafe: msgpack_sbuffer is three plain fields; the memory is malloc's, as its realloc
        // expects.
        guard let data = unsafe malloc(size) else { fatalError("out of memory") }
        unsafe buffer = msgpack_sbuffer(
            size: 0, data: data.assumingMemoryBound(to: CChar.self), alloc: size)
    }

    // unsafe: the buffer is owned by this value alone, and freed once.
    deinit { unsafe free(buffer.data) }

    /// Calls one of msgpack-c's inline packing functions on a packer that writes to the buffer.
    @inline(__always)
    private mutating func emit(_ pack: (UnsafeMutablePointer<msgpack_packer>) -> CInt) {
        // unsafe: both pointers are used only during the call, and the buffer is not touched
        // meanwhile.
        let status = unsafe withUnsafeMutablePointer(to: &buffer) { buffer in
            var packer = unsafe msgpack_packer(data: buffer, callback: msgpack_sbuffer_write)
            return unsafe withUnsafeMutablePointer(to: &packer) { unsafe pack($0) }
        }
        precondition(status == 0, "out of memory")
    }

    /// Appends bytes as they are (`msgpack_sbuffer_write`).
    @inline(__always)
    private mutating func write(_ span: Span<UInt8>) {
        // unsafe: the span's bytes are valid for the call, and msgpack_sbuffer_write copies them.
        let status = unsafe span.withUnsafeBytes { bytes in
            unsafe bytes.count == 0
                ? 0
                : msgpack_sbuffer_write(
                    &buffer, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        precondition(status == 0, "out of memory")
    }

    /// Appends nil (`msgpack_pack_nil`).
    public mutating func packNil() { unsafe emit { unsafe msgpack_pack_nil($0) } }

    /// Appends true or false (`msgpack_pack_true`, `msgpack_pack_false`).
    public mutating func packBool(_ value: Bool) {
        unsafe emit { unsafe value ? msgpack_pack_true($0) : msgpack_pack_false($0) }
    }

    /// Appends an integer in the shortest signed or unsigned form (`msgpack_pack_int64`).
    public mutating func packInteger(_ value: Int64) {
        unsafe emit { unsafe msgpack_pack_int64($0, value) }
    }

    /// Appends an integer in the shortest unsigned form (`msgpack_pack_uint64`).
    public mutating func packUnsigned(_ value: UInt64) {
        unsafe emit { unsafe msgpack_pack_uint64($0, value) }
    }

    /// Appends a float 64, always nine bytes (`msgpack_pack_double`).
    public mutating func packDouble(_ value: Double) {
        unsafe emit { unsafe msgpack_pack_double($0, value) }
    }

    /// Appends text. The bytes must be UTF-8, which is not checked here (`msgpack_pack_str`).
    public mutating func packString(_ utf8: Span<UInt8>) {
        precondition(utf8.count <= Int(UInt32.max), "text longer than MessagePack's 4 GiB")
        unsafe emit { unsafe msgpack_pack_str($0, utf8.count) }
        write(utf8)
    }

    /// Appends text.
    public mutating func packString(_ text: String) { packString(text.utf8Span.span) }

    /// Appends the header of a map; `count` keys and as many values have to follow
    /// (`msgpack_pack_map`).
    public mutating func packMapHeader(count: Int) {
        precondition(count >= 0 && count <= Int(UInt32.max), "map count outside 0...2^32-1")
        unsafe emit { unsafe msgpack_pack_map($0, count) }
    }

    /// Appends the header of an array; `count` values have to follow (`msgpack_pack_array`).
    public mutating func packArrayHeader(count: Int) {
        precondition(count >= 0 && count <= Int(UInt32.max), "array count outside 0...2^32-1")
        unsafe emit { unsafe msgpack_pack_array($0, count) }
    }

    /// Appends an extension value (`msgpack_pack_ext`, `msgpack_pack_ext_body`).
    public mutating func packExtension(type: Int8, _ body: Span<UInt8>) {
        precondition(body.count <= Int(UInt32.max), "extension longer than MessagePack's 4 GiB")
        unsafe emit { unsafe msgpack_pack_ext($0, body.count, type) }
        write(body)
    }

    /// Appends an extension value of eight bytes, big-endian (fixext 8).
    public mutating func packExtension(type: Int8, bigEndian value: UInt64) {
        unsafe emit { unsafe msgpack_pack_ext($0, 8, type) }
        writeBigEndian(value)
    }

    /// Appends an extension value of sixteen bytes, `high` then `low`, big-endian (fixext 16).
    public mutating func packExtension(type: Int8, bigEndian high: UInt64, _ low: UInt64) {
        unsafe emit { unsafe msgpack_pack_ext($0, 16, type) }
        writeBigEndian(high)
        writeBigEndian(low)
    }

    /// Appends the eight bytes of a number, most significant first.
    private mutating func writeBigEndian(_ value: UInt64) {
        // unsafe: the number's eight bytes live through the call.
        let status = unsafe withUnsafeBytes(of: value.bigEndian) { bytes in
            unsafe msgpack_sbuffer_write(
                &buffer, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), 8)
        }
        precondition(status == 0, "out of memory")
    }

    /// Appends bytes that are whole MessagePack values already.
    public mutating func appendRaw(_ packed: Span<UInt8>) { write(packed) }

    /// Bytes written so far.
    public var count: Int { unsafe buffer.size }

    /// Forgets what was written and keeps the memory (`msgpack_sbuffer_clear`).
    public mutating func removeAll() { unsafe buffer.size = 0 }

    /// Appends the written bytes to an array.
    public func appendTo(_ out: inout [UInt8]) { withBytes { out.appendSpan($0) } }

    /// A copy of the written bytes.
    public func bytes() -> [UInt8] {
        var out: [UInt8] = []
        appendTo(&out)
        return out
    }

    /// Lends the written bytes for the length of the call.
    public func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        // unsafe: `size` bytes at `data` have been written, and `self` is borrowed, so they stay
        // put.
        let bytes = unsafe UnsafeRawBufferPointer(start: buffer.data, count: buffer.size)
        return try unsafe body(bytes.bindMemory(to: UInt8.self).span)
    }
}

/// A packer owns its memory alone and has no thread of its own, so it may move between threads.
extension Packer: @unchecked Sendable {}
