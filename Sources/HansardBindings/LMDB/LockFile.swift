#if canImport(Glibc)
    internal import Glibc
    internal import SystemPackage
#endif

/// The room that LMDB's lock file takes.
///
/// LMDB makes the file as one hole and writes into it through a mapping, so on a full disk the
/// first write ends the process with SIGBUS. A new one is therefore made before, of exactly the
/// size LMDB would give it, with its blocks: a full disk is an error then.
enum LockFile {
    #if canImport(Glibc)
        /// Sizes in liblmdb 0.9 with its mutexes in the file: a slot fills a cache line, and so do
        /// what is common and the writer's mutex. The number of readers follows from the length of
        /// a file that is there, so one of another length would change it.
        private static let slotBytes = 64
        private static let headBytes = 2 * 64

        /// Makes the file unless there is one. It appears whole: nobody sees it shorter.
        ///
        /// Whatever else is in the way is left to LMDB, which makes the file itself then.
        /// - Throws: `noSpace`.
        static func make(
            in directory: String, maxReaders: Int, mode: UInt32
        ) throws(LMDBError) {
            let path = "\(directory)/lock.mdb"
            // A file without a name, which goes by itself if it never gets one.
            let nameless = FileDescriptor.OpenOptions(rawValue: 0o20_000_000 | O_DIRECTORY)
            guard !FileSystem.exists(path),
                let file = try? PlainFile(
                    directory, .readWrite, nameless,
                    permissions: FilePermissions(rawValue: mode_t(mode)))
            else { return }
            let bytes = headBytes + maxReaders * slotBytes
            let code = posix_fallocate(file.descriptor.rawValue, 0, off_t(bytes))
            if code == ENOSPC || code == EDQUOT {
                throw LMDBError(code: .noSpace, call: "posix_fallocate", path: directory)
            }
            guard code == 0 else { return }
            // Both paths last for the call. One that appeared meanwhile stays.
            unsafe _ = linkat(
                AT_FDCWD, "/proc/self/fd/\(file.descriptor.rawValue)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
        }
    #else
        static func make(
            in directory: String, maxReaders: Int, mode: UInt32
        ) throws(LMDBError) {}
    #endif
}
