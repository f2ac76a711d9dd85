internal import CZstd

/// Decompresses standard zstd data piece by piece: a `.zst` file or a pipe, of one or more frames.
///
/// Owns a `ZSTD_DCtx` and up to 128 MiB of window, as much as the data ask for. One thread at a
/// time. At the end of the input, `isInsideFrame` tells whether it was cut short.
@safe public struct StreamDecompressor: ~Copyable {
    private let context: OpaquePointer
    private var scratch: [UInt8] = []
    private let limit: Int
    /// True if the input so far ends within a frame; at the true end of the input, that is
    /// truncation.
    public private(set) var isInsideFrame = false

    /// - Parameter maximumOutput: the most bytes one call may add; a kilobyte can unfold to 30 MB.
    public init(maximumOutput: Int = 256 << 20) throws(ZstdError) {
        unsafe context = try DecompressionContext.make([(ZSTD_d_windowLogMax, 27)])
        limit = maximumOutput
    }

    // Nothing else refers to the context.
    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Takes all of `input` and appends what it unfolds to. Wraps `ZSTD_decompressStream`.
    ///
    /// - Throws: `ZstdError` for damaged data or too much output; then the stream cannot go on.
    public mutating func decompress(
        _ input: Span<UInt8>, appendingTo out: inout [UInt8]
    ) throws(ZstdError) {
        if input.isEmpty { return }
        let start = out.count
        var taken = 0
        var isFull = false
        while taken < input.count || (isFull && isInsideFrame) {
            let before = out.count
            let result = step(input, &taken, &out)
            isInsideFrame = try checkZstd(result, "ZSTD_decompressStream") != 0
            isFull = out.count - before == chunkSize
            if out.count - start > limit {
                throw .refused("more than \(limit) bytes of output", "ZSTD_decompressStream")
            }
        }
    }

    private mutating func step(
        _ input: Span<UInt8>, _ taken: inout Int, _ out: inout [UInt8]
    ) -> Int {
        // Only the step within is unsafe, see there.
        unsafe appendChunk(of: input, &taken, &out, through: &scratch) { output, input in
            // The context is ours until `deinit`.
            unsafe ZSTD_decompressStream(context, &output, &input)
        }
    }
}

/// Compresses a stream to one standard zstd frame with a checksum, for tools. One thread at a time.
@safe public struct StreamCompressor: ~Copyable {
    private let context: OpaquePointer
    private var scratch: [UInt8] = []

    /// Wraps `ZSTD_createCCtx`. `level` is from 1, fast, to 19.
    public init(level: Int) throws(ZstdError) {
        unsafe context = try CompressionContext.make([
            (ZSTD_c_compressionLevel, Int32(clamping: level)), (ZSTD_c_checksumFlag, 1),
        ])
    }

    // Nothing else refers to the context.
    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// Takes all of `input` and appends what is ready of the frame. Wraps `ZSTD_compressStream2`.
    public mutating func write(
        _ input: Span<UInt8>, appendingTo out: inout [UInt8]
    ) throws(ZstdError) {
        var taken = 0
        while taken < input.count {
            try checkZstd(step(input, &taken, &out, ZSTD_e_continue), "ZSTD_compressStream2")
        }
    }

    /// Ends the frame and appends the rest of it; the next write begins another.
    public mutating func finish(appendingTo out: inout [UInt8]) throws(ZstdError) {
        let nothing: [UInt8] = []
        var taken = 0
        while try checkZstd(
            step(nothing.span, &taken, &out, ZSTD_e_end), "ZSTD_compressStream2") != 0
        {}
    }

    private mutating func step(
        _ input: Span<UInt8>, _ taken: inout Int, _ out: inout [UInt8],
        _ operation: ZSTD_EndDirective
    ) -> Int {
        // Only the step within is unsafe, see there.
        unsafe appendChunk(of: input, &taken, &out, through: &scratch) { output, input in
            // The context is ours until `deinit`.
            unsafe ZSTD_compressStream2(context, &output, &input, operation)
        }
    }
}

/// Bytes of output one step makes room for: a block of zstd.
private let chunkSize = 128 << 10

/// Runs one step of a stream into `scratch`, and appends what it made to `out`.
private func appendChunk(
    of input: Span<UInt8>, _ taken: inout Int, _ out: inout [UInt8],
    through scratch: inout [UInt8], _ step: (inout ZSTD_outBuffer, inout ZSTD_inBuffer) -> Int
) -> Int {
    scratch.makeRoom(chunkSize)
    var result = 0
    var produced = 0
    // Both buffers last for the step, and zstd gets their true sizes.
    unsafe scratch.withUnsafeMutableBytes { target in
        unsafe input.withUnsafeBytes { source in
            var input = unsafe ZSTD_inBuffer(
                src: source.baseAddress, size: source.count, pos: taken)
            var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: chunkSize, pos: 0)
            result = unsafe step(&output, &input)
            taken = unsafe input.pos
            produced = unsafe output.pos
        }
    }
    out.append(contentsOf: scratch[..<produced])
    return result
}

extension [UInt8] {
    /// Makes the array at least `count` bytes long; what it held is lost.
    mutating func makeRoom(_ count: Int) {
        if self.count >= count { return }
        // The bytes are zeroed, so that none is read before it was written.
        unsafe self = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe UnsafeMutableRawBufferPointer(buffer).initializeMemory(
                as: UInt8.self, repeating: 0)
            initialized = count
        }
    }
}
