#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

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
        let isDirectory = status.type == .directory
        return FileInformation(
            isDirectory: isDirectory, ownerID: status.userID.rawValue,
            mode: UInt32(status.permissions.rawValue), bytes: Int(status.size),
            isReadable: unsafe access(path, isDirectory ? R_OK | X_OK : R_OK) == 0,
            isWritable: isWritable(path), modifiedAt: microseconds(status.st_mtim))
    }

    private static func microseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

extension ProcessIdentity {
    /// The user whose permissions count. Wraps `geteuid`.
    public static var effectiveUserID: UInt32 { geteuid() }
}
