internal import CZstd

/// Making `ZSTD_CCtx` objects, complete with their settings.
enum CompressionContext {
    /// A context of the caller's to free. Wraps `ZSTD_createCCtx` and `ZSTD_CCtx_setParameter`.
    static func make(_ settings: [(ZSTD_cParameter, Int32)]) throws(ZstdError) -> OpaquePointer {
        // A successful call answers an object of ours to free.
        guard let made = unsafe ZSTD_createCCtx() else { throw outOfMemory("ZSTD_createCCtx") }
        for (parameter, value) in settings {
            let result = unsafe ZSTD_CCtx_setParameter(made, parameter, value)
            if ZSTD_isError(result) != 0 { unsafe _ = ZSTD_freeCCtx(made) }
            try checkZstd(result, "ZSTD_CCtx_setParameter")
        }
        return unsafe made
    }
}

/// Making `ZSTD_DCtx` objects, complete with their settings.
enum DecompressionContext {
    /// A context of the caller's to free. Wraps `ZSTD_createDCtx` and `ZSTD_DCtx_setParameter`.
    static func make(_ settings: [(ZSTD_dParameter, Int32)]) throws(ZstdError) -> OpaquePointer {
        // A successful call answers an object of ours to free.
        guard let made = unsafe ZSTD_createDCtx() else { throw outOfMemory("ZSTD_createDCtx") }
        for (parameter, value) in settings {
            let result = unsafe ZSTD_DCtx_setParameter(made, parameter, value)
            if ZSTD_isError(result) != 0 { unsafe _ = ZSTD_freeDCtx(made) }
            try checkZstd(result, "ZSTD_DCtx_setParameter")
        }
        return unsafe made
    }
}
