internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// The steps of opening an environment, and what may be retried.
enum EnvironmentOpening {
    private static let smallestMap = 64 << 20
    private static let attempts = 6

    /// Opens with the size asked for or, where address space is limited, the next that fits.
    ///
    /// - Parameter dead: how many slots of dead readers were freed.
    static func open(
        _ directory: String, _ options: Environment.Options, dead: inout Int
    ) throws(LMDBError) -> OpaquePointer {
        var size = options.mapSizeBytes
        var failures = 0
        while true {
            do throws(LMDBError) {
                try checkDataFile(directory)
                return unsafe try open(directory, options, mapSize: size, dead: &dead)
            } catch {
                if error.code == .outOfMemory, size > smallestMap {
                    size /= 2
                } else if isTransient(error), failures < attempts {
                    failures += 1
                    Pause.milliseconds(1 << failures)
                } else {
                    throw error
                }
            }
        }
    }

    /// "Opening can fail if another process is opening or closing at exactly the same time"
    /// (lmdb.h).
    private static func isTransient(_ error: LMDBError) -> Bool {
        error.code == .tryAgain || error.code == .alreadyOpen
    }

    private static func checkDataFile(_ directory: String) throws(LMDBError) {
        let path = "\(directory)/data.mdb"
        guard let size = try? FileSystem.size(of: path), size > 0 else { return }
        do throws(DataFileFailure) {
            _ = try DataFileCheck.check(path)
        } catch {
            throw LMDBError(
                code: error.code, call: "DataFileCheck", path: directory, dataFileFailure: error)
        }
    }

    private static func open(
        _ directory: String, _ options: Environment.Options, mapSize: Int, dead: inout Int
    ) throws(LMDBError) -> OpaquePointer {
        var created: OpaquePointer?
        try unsafe check(mdb_env_create(&created), "mdb_env_create", path: directory)
        // A successful `mdb_env_create` sets the pointer.
        let environment = unsafe created!
        do {
            try unsafe configure(
                environment, directory, options, mapSize: mapSize, dead: &dead)
        } catch {
            // lmdb.h: a handle whose opening failed must still be closed.
            unsafe mdb_env_close(environment)
            throw error
        }
        return unsafe environment
    }

    private static func configure(
        _ environment: OpaquePointer, _ directory: String, _ options: Environment.Options,
        mapSize: Int, dead: inout Int
    ) throws(LMDBError) {
        var flags = UInt32(MDB_NOTLS)
        if options.isReadOnly { flags |= UInt32(MDB_RDONLY) }
        if !options.isSynchronous { flags |= UInt32(MDB_NOSYNC) }
        // The handle is live and, until `mdb_env_open`, known to this thread alone.
        try unsafe check(
            mdb_env_set_mapsize(environment, mapSize), "mdb_env_set_mapsize", path: directory)
        try unsafe check(
            mdb_env_set_maxreaders(environment, UInt32(options.maxReaders)),
            "mdb_env_set_maxreaders", path: directory)
        try unsafe check(
            mdb_env_set_maxdbs(environment, UInt32(options.maxDatabases)),
            "mdb_env_set_maxdbs", path: directory)
        let lock = "\(directory)/lock.mdb"
        let isNew = (try? FileSystem.identity(of: lock)) == nil
        try LockFile.make(
            in: directory, maxReaders: options.maxReaders, mode: options.fileMode)
        try unsafe check(
            mdb_env_open(environment, directory, flags, mode_t(options.fileMode)), "mdb_env_open",
            path: directory)
        if isNew { letGroupWrite(lock) }
        try unsafe closeOnExec(environment, directory)
        var freed: Int32 = 0
        try unsafe check(
            mdb_reader_check(environment, &freed), "mdb_reader_check", path: directory)
        dead = Int(freed)
    }

    /// Readers must write to the lock file: a group that may read it may write it too.
    private static func letGroupWrite(_ lock: String) {
        guard let mode = try? FileSystem.status(of: lock).permissions.rawValue else { return }
        // By path: opening and closing the lock file would drop LMDB's own locks on it.
        unsafe chmod(lock, (mode & 0o777) | ((mode & 0o040) >> 1))
    }

    /// LMDB leaves the data descriptor open to child processes.
    private static func closeOnExec(
        _ environment: OpaquePointer, _ directory: String
    ) throws(LMDBError) {
        var descriptor: Int32 = -1
        // The environment is open.
        try unsafe check(
            mdb_env_get_fd(environment, &descriptor), "mdb_env_get_fd", path: directory)
        if fcntl(descriptor, F_SETFD, FD_CLOEXEC) == -1 {
            throw LMDBError(code: .init(errno), call: "fcntl", path: directory)
        }
    }
}

extension DataFileFailure {
    /// The LMDB code nearest to the failure.
    fileprivate var code: LMDBError.Code {
        switch self {
        case .empty, .notLMDB: .invalid
        case .otherVersion: .versionMismatch
        case .truncated, .damaged, .oneMetaDamaged: .corrupted
        case .unreadable(let code): .init(code)
        }
    }
}

/// Short waits between attempts, on threads that may block.
public enum Pause {
    /// Wraps `usleep`.
    public static func milliseconds(_ count: Int) { usleep(UInt32(count) * 1_000) }
}
