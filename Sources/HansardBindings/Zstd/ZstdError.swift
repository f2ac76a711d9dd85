internal import CZstd

/// A failed zstd call, or a result that is not what was promised.
public struct ZstdError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A `ZSTD_ErrorCode`; zero when this module refused the data rather than the library.
    public let code: Int
    /// The library's or this module's words for what is wrong.
    public let name: String
    /// The C function concerned.
    public let operation: String

    /// An error as the library would report it.
    public init(code: Int, name: String, operation: String) {
        self.code = code
        self.name = name
        self.operation = operation
    }

    /// Operation and reason.
    public var description: String { "\(operation): \(name)" }

    /// The data do not hold what they should.
    static func refused(_ reason: String, _ operation: StaticString) -> ZstdError {
        ZstdError(code: 0, name: reason, operation: "\(operation)")
    }
}

/// The zstd library in use.
public enum ZstdLibrary {
    /// Its version, such as "1.5.4". Wraps `ZSTD_versionString`.
    public static var version: String {
        // A static C string, copied at once.
        unsafe String(cString: ZSTD_versionString())
    }
}

/// Turns zstd's result into a size or a typed error. Every call goes through here.
@discardableResult
func checkZstd(_ result: Int, _ operation: StaticString) throws(ZstdError) -> Int {
    if ZSTD_isError(result) == 0 { return result }
    throw ZstdError(
        code: Int(ZSTD_getErrorCode(result).rawValue),
        // A static C string, copied at once.
        name: unsafe String(cString: ZSTD_getErrorName(result)), operation: "\(operation)")
}

/// The error for a constructor that answered no object.
func outOfMemory(_ operation: StaticString) -> ZstdError {
    ZstdError(
        code: Int(ZSTD_error_memory_allocation.rawValue), name: "no object was made",
        operation: "\(operation)")
}
