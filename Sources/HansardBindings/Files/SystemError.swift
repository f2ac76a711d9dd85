#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// A failed system call: its `errno`, its name and the path it was about.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The `errno`.
    public let code: Int32
    /// The C function that failed.
    public let call: String
    /// The path concerned, where there is one.
    public let path: String?

    /// An error as a system call would report it.
    public init(code: Int32, call: String, path: String? = nil) {
        self.code = code
        self.call = call
        self.path = path
    }

    /// The failed call, its subject, and the system's words for the reason.
    public var description: String {
        "\(call)\(path.map { " (\($0))" } ?? ""): \(Errno(rawValue: code))"
    }

    /// True if the file was not there.
    public var isNotFound: Bool { code == ENOENT }
    /// True if something of that name existed already.
    public var isAlreadyThere: Bool { code == EEXIST }
    /// True if the disk or the quota is full, or the file as large as the process may make it.
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}

extension SystemError {
    /// Runs a call of swift-system, and says of its error which C function it was and for what.
    static func rethrown<T: ~Copyable>(
        _ call: StaticString, _ path: String?, _ body: () throws -> T
    ) throws(SystemError) -> T {
        do { return try body() } catch {
            // swift-system throws nothing else, though not all of its calls say so.
            guard let number = error as? Errno else { preconditionFailure("\(error)") }
            throw SystemError(code: number.rawValue, call: "\(call)", path: path)
        }
    }
}

/// Turns a system call's result into success or a typed error, and retries when interrupted.
@discardableResult
func system<T: SignedInteger>(
    _ call: StaticString, _ path: String? = nil, _ body: () -> T
) throws(SystemError) -> T {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw SystemError(code: code, call: "\(call)", path: path) }
    }
}
