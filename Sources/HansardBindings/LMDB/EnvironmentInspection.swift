internal import CLMDB

/// Looking at an environment and looking after it. Any thread may call these at any time.
extension Environment {
    /// The last committed transaction, in any process. Wraps `mdb_env_info`; takes no lock.
    public var lastTransactionID: UInt64 { information().lastTransactionID }

    /// Sizes, the last transaction and the readers. Wraps `mdb_env_info`; takes no lock.
    public func information() -> EnvironmentInformation {
        gate.enter()
        defer { gate.leave() }
        var info = unsafe MDB_envinfo()
        var statistics = MDB_stat()
        // The gate keeps the environment open; neither call fails on an open one.
        unsafe mdb_env_info(pointer, &info)
        unsafe mdb_env_stat(pointer, &statistics)
        return unsafe EnvironmentInformation(
            mapSize: info.me_mapsize, lastPage: info.me_last_pgno,
            lastTransactionID: UInt64(info.me_last_txnid), readersInUse: Int(info.me_numreaders),
            maxReaders: Int(info.me_maxreaders), pageSize: Int(statistics.ms_psize))
    }

    /// The tree of free pages, for `statistics` only.
    public var freeDatabase: Database {
        Database(name: "", hasIntegerKeys: true, handle: 0, environment: number)
    }

    /// The tree that holds the named databases, for `statistics` and `databaseNames` only.
    public var mainDatabase: Database {
        Database(name: "", hasIntegerKeys: false, handle: 1, environment: number)
    }

    /// Names of the databases there are as `transaction` sees it, in the order of their bytes.
    /// Reads the tree that holds them; other entries in it would count as names.
    public func databaseNames(
        in transaction: borrowing some Reading & ~Copyable
    ) throws -> [String] {
        var names: [String] = []
        try transaction.withCursor(mainDatabase) { cursor in
            var isFound = try cursor.first()
            while isFound {
                var name: [UInt8] = []
                try cursor.appendKey(to: &name)
                names.append(String(decoding: name, as: UTF8.self))
                isFound = try cursor.next()
            }
        }
        return names
    }

    /// Entries and pages of a database as `transaction` sees it. Wraps `mdb_stat`; constant time.
    ///
    /// The live pages of the environment are those of every named database, of `mainDatabase`, of
    /// `freeDatabase`, and the two meta pages.
    public func statistics(
        _ database: Database, in transaction: borrowing some Reading & ~Copyable
    ) throws(LMDBError) -> DatabaseStatistics {
        let handle = transaction.handle
        handle.checkOwner(of: database)
        var found = MDB_stat()
        // The transaction is live while it is borrowed.
        try unsafe check(mdb_stat(handle.pointer, database.handle, &found), "mdb_stat")
        // The numbers come from the file; a damaged page may hold any.
        let pagesMax = information().mapSize / max(1, Int(found.ms_psize))
        let pages = [found.ms_branch_pages, found.ms_leaf_pages, found.ms_overflow_pages]
        guard pages.allSatisfy({ (0...pagesMax).contains(Int($0)) }) else {
            throw LMDBError(code: .corrupted, call: "mdb_stat", path: nil)
        }
        return DatabaseStatistics(
            entries: found.ms_entries, depth: Int(found.ms_depth),
            branchPages: found.ms_branch_pages, leafPages: found.ms_leaf_pages,
            overflowPages: found.ms_overflow_pages, pageSize: Int(found.ms_psize))
    }

    /// Frees the slots of readers whose process has died, and counts them. Wraps
    /// `mdb_reader_check`.
    ///
    /// Worth doing every few seconds while writing: a dead reader keeps every later page from
    /// reuse.
    @discardableResult
    public func checkReaders() throws(LMDBError) -> Int {
        gate.enter()
        defer { gate.leave() }
        var dead: Int32 = 0
        // The gate keeps the environment open.
        try unsafe check(mdb_reader_check(pointer, &dead), "mdb_reader_check", path: directory)
        return Int(dead)
    }

    /// True if any process, this one included, has the environment in `directory` open.
    ///
    /// True when that can't be found out. Another process may open it the moment after.
    public static func isOpen(directory: String) -> Bool {
        EnvironmentRegistry.isOpen(directory)
    }

    /// Flushes the data file to the disk. Wraps `mdb_env_sync` with force; only needed without
    /// synchronous commits.
    public func sync() throws(LMDBError) {
        gate.enter()
        defer { gate.leave() }
        // The gate keeps the environment open.
        try unsafe check(mdb_env_sync(pointer, 1), "mdb_env_sync", path: directory)
    }

    /// The version of the LMDB library in use. Wraps `mdb_version`.
    public static var libraryVersion: String {
        var major: Int32 = 0
        var minor: Int32 = 0
        var patch: Int32 = 0
        // The call fills in three locals and answers a static string.
        _ = unsafe mdb_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }
}
