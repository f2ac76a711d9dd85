#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// Bytes read in order from a file, a pipe or standard input. One thread at a time.
public struct ByteSource: ~Copyable {
    /// Kept open for the descriptor's sake; nil for standard input.
    private let file: PlainFile?
    private let descriptor: FileDescriptor
    private let path: String?
    /// Size of the file in bytes; nil for what has none, such as a pipe.
    public let size: Int?

    /// Opens a file for reading.
    public init(path: String) throws(SystemError) {
        let opened = try PlainFile(reading: path)
        let bytes = try opened.size()
        size = bytes > 0 ? bytes : nil
        descriptor = opened.descriptor
        self.path = path
        file = consume opened
    }

    private init() {
        file = nil
        size = nil
        descriptor = .standardInput
        path = nil
    }

    public static func standardInput() -> ByteSource { ByteSource() }

    /// True if `read` would answer at once, after waiting for that so long. Wraps `poll`.
    public func isReady(milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        // One entry, a local the call fills in. A signal ends the wait.
        let code = unsafe poll(&waiting, 1, milliseconds)
        return code > 0 || (code == -1 && errno != EINTR)
    }

    /// Up to `count` bytes; none at the end. Wraps `read`, repeated when interrupted.
    public func read(_ count: Int) throws(SystemError) -> [UInt8] {
        let descriptor = descriptor
        return try SystemError.rethrown("read", path) {
            // `read` fills the buffer up to what it returns.
            unsafe try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = unsafe try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }
}

/// The process's standard streams.
public enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// Writes all bytes. Wraps `write`, repeated when interrupted or cut short.
    ///
    /// - Throws: `SystemError`, `isBrokenPipe` when the reader has gone (and `SIGPIPE` is ignored).
    public func write(_ bytes: Span<UInt8>) throws(SystemError) {
        try SystemError.rethrown("write", nil) {
            try FileDescriptor(rawValue: rawValue).writeAll(bytes)
        }
    }

    /// True if it is a pipe that nobody reads any more, so that writing to it would fail. Wraps
    /// `poll`.
    public var isReaderGone: Bool {
        var state = pollfd(fd: rawValue, events: 0, revents: 0)
        // One entry, a local the call fills in; it does not wait.
        return unsafe poll(&state, 1, 0) == 1 && Int32(state.revents) & Int32(POLLERR) != 0
    }

    /// True if it is a terminal. Wraps `isatty`.
    public var isTerminal: Bool { isatty(rawValue) == 1 }
}

extension SystemError {
    public var isBrokenPipe: Bool { code == EPIPE }
    public var isPermissionDenied: Bool { code == EACCES || code == EPERM || code == EROFS }
}
