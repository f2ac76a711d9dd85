#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Bytes read in order from a file, a pipe or standard input. One thread at a time.
public struct ByteSource: ~Copyable {
    /// Kept open for the descriptor's sake; nil for standard input.
    private let file: PlainFile?
    private let descriptor: Int32
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
        descriptor = STDIN_FILENO
        path = nil
    }

    public static func standardInput() -> ByteSource { ByteSource() }

    /// True if `read` would answer at once, after waiting for that so long. Wraps `poll`.
    public func isReady(milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // One entry, a local the call fills in. A signal ends the wait.
        let code = unsafe poll(&waiting, 1, milliseconds)
        return code > 0 || (code == -1 && errno != EINTR)
    }

    /// Up to `count` bytes; none at the end. Wraps `read`, repeated when interrupted.
    public func read(_ count: Int) throws(SystemError) -> [UInt8] {
        let descriptor = descriptor
        var failure: Int32 = 0
        // `read` fills the buffer up to what it returns.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var got = -1
            repeat {
                #if canImport(Glibc)
                    got = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
                #else
                    got = unsafe Darwin.read(descriptor, buffer.baseAddress, count)
                #endif
            } while got == -1 && errno == EINTR
            if got == -1 { failure = errno }
            initialized = max(0, got)
        }
        if failure != 0 { throw SystemError(code: failure, call: "read", path: path) }
        return bytes
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
        var done = 0
        while done < bytes.count {
            let start = done
            var put = -1
            // The buffer is read between `start` and its end, in the closure that lends it.
            unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
                repeat {
                    #if canImport(Glibc)
                        put = unsafe Glibc.write(rawValue, rest.baseAddress, rest.count)
                    #else
                        put = unsafe Darwin.write(rawValue, rest.baseAddress, rest.count)
                    #endif
                } while put == -1 && errno == EINTR
            }
            if put == -1 { throw SystemError(code: errno, call: "write", path: nil) }
            done += put
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
