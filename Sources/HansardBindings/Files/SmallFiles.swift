#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// Small files read and written whole.
extension FileSystem {
    /// A file's bytes. Wraps `open` and `pread`.
    ///
    /// - Throws: `SystemError`, `EFBIG` when there are more than `max`.
    public static func contents(of path: String, max: Int) throws(SystemError) -> [UInt8] {
        let file = try PlainFile(reading: path)
        let bytes = try file.read(max + 1, at: 0)
        guard bytes.count <= max else { throw SystemError(code: EFBIG, call: "read", path: path) }
        return bytes
    }

    /// Writes bytes over the beginning of a file that is there. Not flushed, and readers may see
    /// some of them before the others. Wraps `open` and `write`.
    public static func overwrite(_ path: String, with bytes: Span<UInt8>) throws(SystemError) {
        try PlainFile(path, .writeOnly).write(bytes)
    }

    /// The suffix that `replaceFile` adds to the name of a file until it is whole.
    public static let unfinishedSuffix = ".part"

    /// Writes a file, or puts it in place of the one that is there: after a crash there is the old
    /// one or the new one, whole. Not for two at once.
    ///
    /// - Parameter mode: permissions, less what the process's mask takes away.
    public static func replaceFile(
        _ path: String, with bytes: Span<UInt8>, mode: UInt32
    ) throws(SystemError) {
        let temporary = path + unfinishedSuffix
        unsafe unlink(temporary)
        let file = try PlainFile(
            temporary, .writeOnly, [.create, .exclusiveCreate],
            permissions: FilePermissions(rawValue: mode_t(mode)))
        do {
            try file.write(bytes)
            try file.synchronise()
            try rename(temporary, to: path)
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try synchroniseDirectory(parent(of: path))
    }
}
