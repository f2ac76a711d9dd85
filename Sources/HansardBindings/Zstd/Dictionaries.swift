internal import CZstd

/// A dictionary prepared for compressing at one level. Wraps `ZSTD_CDict`, which never changes.
///
/// Making one costs milliseconds and some times its size in memory; share it between threads.
@safe public final class CompressionDictionary {
    let pointer: OpaquePointer

    /// Wraps `ZSTD_createCDict`, which copies the bytes.
    public init(_ bytes: [UInt8], level: Int) throws(ZstdError) {
        // The buffer is copied during the call.
        let made = unsafe bytes.withUnsafeBytes {
            unsafe ZSTD_createCDict($0.baseAddress, $0.count, Int32(clamping: level))
        }
        guard let made = unsafe made else { throw outOfMemory("ZSTD_createCDict") }
        unsafe pointer = made
    }

    // Contexts that refer to it hold a reference to this object.
    deinit { unsafe _ = ZSTD_freeCDict(pointer) }
}

// Sendable: zstd.h lets many threads share a `ZSTD_CDict`, which only its freeing changes.
extension CompressionDictionary: @unchecked Sendable {}

/// A dictionary prepared for decompressing. Wraps `ZSTD_DDict`, which never changes.
@safe public final class DecompressionDictionary {
    let pointer: OpaquePointer

    /// Wraps `ZSTD_createDDict`, which copies the bytes.
    public init(_ bytes: [UInt8]) throws(ZstdError) {
        // The buffer is copied during the call.
        let made = unsafe bytes.withUnsafeBytes {
            unsafe ZSTD_createDDict($0.baseAddress, $0.count)
        }
        guard let made = unsafe made else { throw outOfMemory("ZSTD_createDDict") }
        unsafe pointer = made
    }

    // Contexts that refer to it hold a reference to this object.
    deinit { unsafe _ = ZSTD_freeDDict(pointer) }
}

// Sendable: zstd.h lets many threads share a `ZSTD_DDict`, which only its freeing changes.
extension DecompressionDictionary: @unchecked Sendable {}

/// Making dictionaries out of samples of the data to come.
public enum DictionaryTrainer {
    /// A dictionary of at most `capacityBytes`, tuned for compressing at `level`.
    ///
    /// Wraps `ZDICT_trainFromBuffer` (fastCover, which tries several parameters) and
    /// `ZDICT_finalizeDictionary`. Deterministic; takes seconds for 10 MB of samples, which should
    /// be a hundred times the dictionary.
    /// - Throws: `ZstdError` when the samples are too few or too alike.
    public static func train(
        samples: [[UInt8]], capacityBytes: Int, level: Int
    ) throws(ZstdError) -> [UInt8] {
        let joined = Array(samples.joined())
        let sizes = samples.map(\.count)
        var trained = [UInt8](repeating: 0, count: capacityBytes)
        // The buffers are used during the call alone; `sizes` adds up to the count of `joined`.
        let made = unsafe trained.withUnsafeMutableBytes { target in
            unsafe joined.withUnsafeBytes { source in
                unsafe ZDICT_trainFromBuffer(
                    target.baseAddress, target.count, source.baseAddress, sizes,
                    UInt32(sizes.count))
            }
        }
        trained.removeLast(capacityBytes - (try checkDictionary(made, "ZDICT_trainFromBuffer")))
        return try finalise(trained, joined, sizes, capacityBytes: capacityBytes, level: level)
    }

    /// Replaces the header of a trained dictionary, so that its statistics fit the level.
    private static func finalise(
        _ trained: [UInt8], _ samples: [UInt8], _ sizes: [Int], capacityBytes: Int, level: Int
    ) throws(ZstdError) -> [UInt8] {
        // The buffer is read during the call.
        let header = unsafe trained.withUnsafeBytes {
            unsafe ZDICT_getDictHeaderSize($0.baseAddress, $0.count)
        }
        let content = Array(
            trained.dropFirst(try checkDictionary(header, "ZDICT_getDictHeaderSize")))
        var parameters = ZDICT_params_t()
        parameters.compressionLevel = Int32(clamping: level)
        var final = [UInt8](repeating: 0, count: capacityBytes)
        // The buffers are used during the call alone.
        let made = unsafe final.withUnsafeMutableBytes { target in
            unsafe content.withUnsafeBytes { content in
                unsafe samples.withUnsafeBytes { samples in
                    unsafe ZDICT_finalizeDictionary(
                        target.baseAddress, target.count, content.baseAddress, content.count,
                        samples.baseAddress, sizes, UInt32(sizes.count), parameters)
                }
            }
        }
        final.removeLast(capacityBytes - (try checkDictionary(made, "ZDICT_finalizeDictionary")))
        return final
    }

    private static func checkDictionary(
        _ result: Int, _ operation: StaticString
    ) throws(ZstdError) -> Int {
        if ZDICT_isError(result) == 0 { return result }
        // The negated code; the name is a static C string, copied at once.
        throw ZstdError(
            code: Int(ZSTD_getErrorCode(result).rawValue),
            name: unsafe String(cString: ZDICT_getErrorName(result)), operation: "\(operation)")
    }
}
