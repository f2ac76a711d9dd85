#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// A file's identity whatever its path: device and inode.
public struct FileIdentity: Sendable, Hashable {
    /// `st_dev`.
    public let device: UInt64
    /// `st_ino`.
    public let inode: UInt64
}

/// The file operations durable creation needs. Each throws `SystemError` and may block on the disk.
///
/// Paths are passed to C for the length of one call each.
/// To create durably: write under another name, flush the file, rename, flush the directory.
public enum FileSystem {
    /// Flushes a directory's entries to the disk, so that a file created or renamed in it stays.
    /// Wraps `fsync`.
    public static func synchroniseDirectory(_ path: String) throws(SystemError) {
        try PlainFile(path, .readOnly, .directory).synchronise()
    }

    /// Flushes a file's contents to the disk. Wraps `fsync`. Not for `lock.mdb`.
    public static func synchroniseFile(_ path: String) throws(SystemError) {
        try PlainFile(reading: path).synchronise()
    }

    /// Renames within one file system, replacing what was there in one step. Wraps `rename`.
    public static func rename(_ from: String, to target: String) throws(SystemError) {
        #if canImport(Glibc)
            try system("rename", target) { unsafe Glibc.rename(from, target) }
        #else
            try system("rename", target) { unsafe Darwin.rename(from, target) }
        #endif
    }

    /// Creates a directory; it is an error when it exists. Wraps `mkdir`.
    public static func createDirectory(_ path: String, mode: UInt32 = 0o750) throws(SystemError) {
        try system("mkdir", path) { unsafe mkdir(path, mode_t(mode)) }
    }

    /// Writes a new file of mode 0600, flushes it and its directory. On failure nothing is left
    /// behind.
    public static func writeNewFile(
        _ path: String, _ bytes: Span<UInt8>
    ) throws(SystemError) {
        let file = try PlainFile(
            path, .writeOnly, [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        do {
            try file.write(bytes)
            try file.synchronise()
            try synchroniseDirectory(parent(of: path))
        } catch {
            unsafe unlink(path)
            throw error
        }
    }

    /// Removes a file. Wraps `unlink`.
    public static func removeFile(_ path: String) throws(SystemError) {
        try system("unlink", path) { unsafe unlink(path) }
    }

    /// Bytes an ordinary user may still write on the file system of `path`. Wraps `statvfs`.
    public static func freeBytes(at path: String) throws(SystemError) -> Int {
        var status = statvfs()
        // `status` is a local the call fills in.
        try system("statvfs", path) { unsafe statvfs(path, &status) }
        let (bytes, overflow) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int(clamping: bytes)
    }

    /// The identity of the file at `path`, symbolic links followed. Wraps `stat`.
    public static func identity(of path: String) throws(SystemError) -> FileIdentity {
        let status = try status(of: path)
        return FileIdentity(
            device: UInt64(truncatingIfNeeded: status.deviceID.rawValue),
            inode: UInt64(status.inode.rawValue))
    }

    /// The size of the file at `path` in bytes. Wraps `stat`.
    public static func size(of path: String) throws(SystemError) -> Int {
        Int(try status(of: path).size)
    }

    /// The directory a path is in.
    public static func parent(of path: String) -> String {
        let parent = FilePath(path).removingLastComponent()
        return parent.isEmpty ? "." : parent.string
    }

    /// - Parameter followingLinks: if false, the status of a symbolic link is its own.
    static func status(
        of path: String, followingLinks: Bool = true
    ) throws(SystemError) -> Stat {
        try SystemError.rethrown(followingLinks ? "stat" : "lstat", path) {
            unsafe try Stat(path, followTargetSymlink: followingLinks)
        }
    }
}
