#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Who owns a file and what may be done with it. Wraps `stat` and `access`.
public struct FileInformation: Sendable, Equatable {
    public let isDirectory: Bool
    /// `st_uid`.
    public let ownerID: UInt32
    /// The twelve bits of permissions.
    public let mode: UInt32
    public let bytes: Int
    /// Whether this process may read it, and for a directory enter it.
    public let isReadable: Bool
    public let isWritable: Bool
}

extension FileSystem {
    /// What is at `path`, symbolic links followed.
    public static func information(of path: String) throws(SystemError) -> FileInformation {
        let status = try status(of: path)
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        return FileInformation(
            isDirectory: isDirectory, ownerID: status.st_uid,
            mode: UInt32(status.st_mode & 0o7777), bytes: Int(status.st_size),
            isReadable: unsafe access(path, isDirectory ? R_OK | X_OK : R_OK) == 0,
            isWritable: isWritable(path))
    }
}

extension ProcessIdentity {
    /// The user whose permissions count. Wraps `geteuid`.
    public static var effectiveUserID: UInt32 { geteuid() }
}
