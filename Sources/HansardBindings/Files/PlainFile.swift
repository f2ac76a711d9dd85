#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// An open file, closed when the value goes. Not for `lock.mdb`: closing any descriptor of it drops
/// this process's locks.
struct PlainFile: ~Copyable {
    let descriptor: FileDescriptor
    let path: String

    /// Opens a file. Wraps `open` with `O_CLOEXEC`.
    ///
    /// - Parameter permissions: of a file that is created, less what the process's mask takes away.
    init(
        _ path: String, _ mode: FileDescriptor.AccessMode,
        _ options: FileDescriptor.OpenOptions = [], permissions: FilePermissions? = nil
    ) throws(SystemError) {
        // The string lasts for the call.
        descriptor = try SystemError.rethrown("open", path) {
            unsafe try FileDescriptor.open(
                path, mode, options: options.union(.closeOnExec), permissions: permissions)
        }
        self.path = path
    }

    init(reading path: String) throws(SystemError) { try self.init(path, .readOnly) }

    deinit {
        // Nothing is lost: what has to last was flushed, and a failed `close` frees the number.
        try? descriptor.close()
    }

    func size() throws(SystemError) -> Int {
        Int(try SystemError.rethrown("fstat", path) { try Stat(descriptor) }.size)
    }

    func synchronise() throws(SystemError) {
        try system("fsync", path) { fsync(descriptor.rawValue) }
    }

    /// Up to `count` bytes at `offset`; fewer only at the end of the file.
    func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        try SystemError.rethrown("pread", path) {
            // The buffer has `count` bytes, of which those up to `filled` are.
            unsafe try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled...])
                    let got = unsafe try descriptor.read(
                        fromAbsoluteOffset: Int64(offset + filled),
                        into: UnsafeMutableRawBufferPointer(rest))
                    if got == 0 { break }
                    filled += got
                }
            }
        }
    }

    func write(_ bytes: Span<UInt8>) throws(SystemError) {
        try SystemError.rethrown("write", path) { try descriptor.writeAll(bytes) }
    }
}

extension FileDescriptor {
    /// Writes all bytes. Wraps `write`, repeated when interrupted or cut short.
    func writeAll(_ bytes: Span<UInt8>) throws {
        // The buffer is read in the closure that lends it.
        unsafe _ = try bytes.withUnsafeBytes { try unsafe writeAll($0) }
    }
}
