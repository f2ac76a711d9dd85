internal import CZstd

/// Compresses records, each to one frame without magic number, content size, checksum or
/// dictionary number: the record's own header says all that.
///
/// Owns a `ZSTD_CCtx`, some megabytes at high levels; one per thread. Pairs with `Decompressor`.
@safe public struct Compressor: ~Copyable {
    private let context: OpaquePointer
    /// Kept alive, since the context refers to it.
    private var dictionary: CompressionDictionary?
    /// Room for the largest frame so far, so that `out` need not be filled before it is written.
    private var scratch: [UInt8] = []

    /// Wraps `ZSTD_createCCtx`. `level` is from 1, fast, to 19; with a dictionary, the dictionary's
    /// counts.
    public init(level: Int) throws(ZstdError) {
        unsafe context = try CompressionContext.make([
            (ZSTD_c_compressionLevel, Int32(clamping: level)),
            (ZSTD_c_experimentalParam2, Int32(ZSTD_f_zstd1_magicless.rawValue)),  // ZSTD_c_format
            (ZSTD_c_contentSizeFlag, 0),
            (ZSTD_c_checksumFlag, 0),
            (ZSTD_c_dictIDFlag, 0),
        ])
    }

    // Nothing else refers to the context.
    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// Appends the frame of `input` to `out`, copying the compressed bytes once.
    ///
    /// Wraps `ZSTD_compress2`. On failure `out` is as it was.
    public mutating func compress(
        _ input: Span<UInt8>, dictionary: CompressionDictionary?,
        appendingTo out: inout [UInt8]
    ) throws(ZstdError) {
        let written = try compressToScratch(input, dictionary)
        out.append(contentsOf: scratch[..<written])
    }

    private mutating func compressToScratch(
        _ input: Span<UInt8>, _ dictionary: CompressionDictionary?
    ) throws(ZstdError) -> Int {
        try refer(to: dictionary)
        scratch.makeRoom(ZSTD_compressBound(input.count))
        // Both buffers last for the call, and zstd gets their true sizes.
        let result = unsafe scratch.withUnsafeMutableBytes { target in
            unsafe input.withUnsafeBytes { source in
                unsafe ZSTD_compress2(
                    context, target.baseAddress, target.count, source.baseAddress, source.count)
            }
        }
        return try checkZstd(result, "ZSTD_compress2")
    }

    /// The frame of `input`, in an array of exactly its size.
    public mutating func compress(
        _ input: Span<UInt8>, dictionary: CompressionDictionary?
    ) throws(ZstdError) -> [UInt8] {
        let written = try compressToScratch(input, dictionary)
        return Array(scratch[..<written])
    }

    private mutating func refer(to new: CompressionDictionary?) throws(ZstdError) {
        guard new !== dictionary else { return }
        // The old one is let go only after the context refers to the new one.
        try unsafe checkZstd(ZSTD_CCtx_refCDict(context, new?.pointer), "ZSTD_CCtx_refCDict")
        dictionary = new
    }
}
