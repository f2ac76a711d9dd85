#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// An open file descriptor, closed when the value goes. Not for `lock.mdb`: closing any descriptor
/// of it drops this process's locks.
struct PlainFile: ~Copyable {
    let descriptor: Int32
    let path: String

    init(_ path: String, flags: Int32, mode: mode_t = 0) throws(SystemError) {
        // The string lasts for the call.
        descriptor = try system("open", path) { unsafe open(path, flags | O_CLOEXEC, mode) }
        self.path = path
    }

    init(reading path: String) throws(SystemError) { try self.init(path, flags: O_RDONLY) }

    deinit { close(descriptor) }

    func size() throws(SystemError) -> Int {
        var status = stat()
        // `status` is a local the call fills in.
        try system("fstat", path) { unsafe fstat(descriptor, &status) }
        return Int(status.st_size)
    }

    func synchronise() throws(SystemError) {
        try system("fsync", path) { fsync(descriptor) }
    }

    /// Up to `count` bytes at `offset`; fewer only at the end of the file.
    func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            // The buffer has `count` bytes, of which those from `done` on are to be filled.
            let got = try system("pread", path) {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe pread(
                        descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
                }
            }
            if got == 0 { break }
            done += got
        }
        bytes.removeLast(count - done)
        return bytes
    }

    func write(_ bytes: Span<UInt8>) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let start = done
            var put = -1
            // The buffer is read between `start` and its end, in the closure that lends it.
            unsafe bytes.withUnsafeBytes { buffer in
                repeat {
                    put = unsafe Self.writeOnce(
                        descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]))
                } while put == -1 && errno == EINTR
            }
            if put == -1 { throw SystemError(code: errno, call: "write", path: path) }
            done += put
        }
    }

    private static func writeOnce(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #else
            unsafe Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
