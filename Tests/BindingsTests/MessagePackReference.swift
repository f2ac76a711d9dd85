import CMessagePack

/// msgpack-c's own reader, kept as a second opinion for the tests of `Packer` and `Unpacker`.
enum MessagePackReference {
    /// True if msgpack-c reads the bytes as exactly one value with nothing after it
    /// (`msgpack_unpack`).
    ///
    /// Its limit is 32 open containers; it accepts bin and float 32, and does not look at UTF-8.
    static func parses(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0 else { return false }
        // unsafe: the zone and the bytes outlive the call; the object built in the zone is dropped
        // with it.
        return unsafe bytes.withUnsafeBytes { raw in
            var zone = unsafe msgpack_zone()
            guard unsafe msgpack_zone_init(&zone, 4096) else { return false }
            defer { unsafe msgpack_zone_destroy(&zone) }
            var object = unsafe msgpack_object()
            var offset = 0
            let start = unsafe raw.baseAddress!.assumingMemoryBound(to: CChar.self)
            let code = unsafe msgpack_unpack(start, raw.count, &offset, &zone, &object)
            return code == MSGPACK_UNPACK_SUCCESS && offset == raw.count
        }
    }
}
