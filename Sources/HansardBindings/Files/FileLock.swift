#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// A file locked for one holder among all processes and within this one, until the value goes or
/// the process ends, however it ends. Not for LMDB's `lock.mdb`.
public struct FileLock: ~Copyable {
    private let file: PlainFile

    /// Locks the file at `path`, creating it when it is missing; nil when someone else holds it.
    /// Wraps `flock`.
    public static func tryLock(_ path: String) throws(SystemError) -> FileLock? {
        let file = try PlainFile(
            path, .readWrite, .create, permissions: FilePermissions(rawValue: 0o640))
        // The lock belongs to the descriptor, which nobody else has.
        while flock(file.descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw SystemError(code: errno, call: "flock", path: path) }
        }
        return FileLock(file)
    }

    private init(_ file: consuming PlainFile) { self.file = file }

    // Closing alone would leave it locked while a process that is just being started still has a
    // copy of the descriptor.
    deinit { flock(file.descriptor.rawValue, LOCK_UN) }
}
