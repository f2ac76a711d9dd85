#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

extension FileSystem {
    /// True if anything is at `path`, links followed. Wraps `access`.
    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The place where temporary files go: `TMPDIR`, or /tmp.
    public static var temporaryDirectory: String {
        // The environment's string is copied before anything can change it.
        guard let path = unsafe getenv("TMPDIR") else { return "/tmp" }
        let text = unsafe String(cString: path)
        return text.isEmpty ? "/tmp" : text
    }

    /// True if this process may write to what is at `path`. Wraps `access`.
    public static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// Creates a directory unless there is one. Wraps `mkdir`.
    public static func ensureDirectory(_ path: String, mode: UInt32 = 0o750) throws(SystemError) {
        do { try createDirectory(path, mode: mode) } catch {
            if !error.isAlreadyThere { throw error }
        }
    }

    /// The names in a directory, without `.` and `..`, in no order. Wraps `opendir` and `readdir`.
    ///
    /// - Throws: `SystemError` when the directory can't be opened or read to its end.
    public static func names(in path: String) throws(SystemError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            throw SystemError(code: errno, call: "opendir", path: path)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while true {
            // Null means the end of the directory, unless `errno` says that the call failed.
            errno = 0
            guard let entry = unsafe readdir(directory) else {
                if errno != 0 { throw SystemError(code: errno, call: "readdir", path: path) }
                return names
            }
            // The name is a C string within the entry, which lasts until the next call.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    unsafe String(cString: text)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }

    /// Removes a directory of files and directories of files. Wraps `unlink` and `rmdir`.
    public static func removeTree(_ path: String) throws(SystemError) {
        for name in try names(in: path) { try removeAny("\(path)/\(name)") }
        if unsafe rmdir(path) != 0 {
            throw SystemError(code: errno, call: "rmdir", path: path)
        }
    }

    /// Removes a file, a link and not what it leads to, or a directory with all in it.
    public static func removeAny(_ path: String) throws(SystemError) {
        if unsafe unlink(path) == 0 { return }
        let refused = SystemError(code: errno, call: "unlink", path: path)
        guard [EISDIR, EPERM].contains(refused.code),
            (try? information(of: path))?.isDirectory == true
        else { throw refused }
        try removeTree(path)
    }

    /// True if a path is a symbolic link. Wraps `lstat`.
    public static func isLink(_ path: String) throws(SystemError) -> Bool {
        try status(of: path, followingLinks: false).type == .symbolicLink
    }
}
