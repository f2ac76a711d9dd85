#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The owner of a file and its permissions. Wraps `stat` and `access`.
public struct FileInformation: Sendable, Equatable {
    public let isDirectory: Bool
    /// `st_uid`.
    public let ownerID: UInt32
    /// The twelve bits of permissions.
    public let mode: UInt32
    public let bytes: Int
    /// True if this process may read it, and for a directory enter it.
    public let isReadable: Bool
    public let isWritable: Bool
    /// When it was last written, in microseconds since 1970-01-01T00:00:00Z.
    public let modifiedAt: Int64
}

extension FileSystem {
    /// Returns the information about `path`, symbolic links followed.
    public static func information(of path: String) throws(SystemError) -> FileInformation {
        let status = try status(of: path)
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        return FileInformation(
            isDirectory: isDirectory, ownerID: status.st_uid,
            mode: UInt32(status.st_mode & 0o7777), bytes: Int(status.st_size),
            isReadable: unsafe access(path, isDirectory ? R_OK | X_OK : R_OK) == 0,
            isWritable: isWritable(path), modifiedAt: status.modifiedMicroseconds)
    }
}

extension stat {
    fileprivate var modifiedMicroseconds: Int64 {
        #if canImport(Glibc)
            let time = st_mtim
        #else
            let time = st_mtimespec
        #endif
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

extension ProcessIdentity {
    /// The user whose permissions count. Wraps `geteuid`.
    public static var effectiveUserID: UInt32 { geteuid() }
}
