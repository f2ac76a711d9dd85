internal import CZstd

/// Decompresses what `Compressor` made, never to more than the length it expects.
///
/// Owns a `ZSTD_DCtx`, some 300 KB; one per thread. Output goes straight into the result, whose
/// length bounds all memory. A window of up to 16 MiB is allowed, so that a record of 16 MiB can be
/// one. Frames carry no checksum and no dictionary number: with another dictionary of the right
/// shape the bytes may come out wrong without an error, so check them against the record's own
/// checksum.
@safe public struct Decompressor: ~Copyable {
    private let context: OpaquePointer
    /// Kept alive, since the context refers to it.
    private var dictionary: DecompressionDictionary?

    /// Wraps `ZSTD_createDCtx`.
    public init() throws(ZstdError) {
        unsafe context = try DecompressionContext.make([
            (ZSTD_d_windowLogMax, 24),
            (ZSTD_d_experimentalParam1, Int32(ZSTD_f_zstd1_magicless.rawValue)),  // ZSTD_d_format
            (ZSTD_d_experimentalParam2, 1),  // ZSTD_d_stableOutBuffer: no buffer of its own
        ])
    }

    // Nothing else refers to the context.
    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// The content of exactly one frame, which must be exactly `rawLength` bytes long.
    ///
    /// Wraps `ZSTD_decompressStream`, called once: unlike `ZSTD_decompressDCtx` it stops after a
    /// frame.
    /// - Throws: `ZstdError` for a damaged or unfinished frame, for content longer or shorter than
    ///   `rawLength`, and for anything after the frame.
    public mutating func decompress(
        _ frame: Span<UInt8>, dictionary: DecompressionDictionary?, exactly rawLength: Int
    ) throws(ZstdError) -> [UInt8] {
        precondition(rawLength >= 0, "negative length")
        // The context is ours until `deinit`.
        try unsafe checkZstd(
            ZSTD_DCtx_reset(context, ZSTD_reset_session_only), "ZSTD_DCtx_reset")
        try refer(to: dictionary)
        if frame.isEmpty { throw .refused("the frame is empty", "ZSTD_decompressStream") }
        var result = 0
        var consumed = 0
        var produced = 0
        // Both buffers last for the call, and zstd writes no further than the capacity it is given.
        // No byte is handed out that was not written: the array is as long as what was produced.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: rawLength) { target, count in
            unsafe frame.withUnsafeBytes { source in
                var input = unsafe ZSTD_inBuffer(
                    src: source.baseAddress, size: source.count, pos: 0)
                var output = unsafe ZSTD_outBuffer(
                    dst: UnsafeMutableRawPointer(target.baseAddress), size: rawLength, pos: 0)
                result = unsafe ZSTD_decompressStream(context, &output, &input)
                (consumed, produced) = unsafe (input.pos, output.pos)
            }
            count = produced
        }
        let remaining = try checkZstd(result, "ZSTD_decompressStream")
        if remaining != 0 { throw .refused("the frame is incomplete", "ZSTD_decompressStream") }
        if consumed != frame.count {
            throw .refused("bytes after the frame", "ZSTD_decompressStream")
        }
        if produced != rawLength {
            throw .refused("\(produced) bytes, \(rawLength) expected", "ZSTD_decompressStream")
        }
        return bytes
    }

    private mutating func refer(to new: DecompressionDictionary?) throws(ZstdError) {
        guard new !== dictionary else { return }
        // The old one is let go only after the context refers to the new one.
        try unsafe checkZstd(ZSTD_DCtx_refDDict(context, new?.pointer), "ZSTD_DCtx_refDDict")
        dictionary = new
    }
}
