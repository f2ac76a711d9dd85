internal import CLMDB
internal import Synchronization

extension Environment {
    /// Runs `body` on a snapshot, which ends when `body` does, however it does.
    ///
    /// Wraps `mdb_txn_begin` and `mdb_txn_abort`: a few hundred nanoseconds, never waits for a
    /// writer.
    /// - Throws: what `body` throws; `readersFull`; `mapResized`; `panic`.
    public func read<R>(_ body: (borrowing ReadTransaction) throws -> R) throws -> R {
        gate.enter()
        defer { gate.leave() }
        let pointer = unsafe try begin(UInt32(MDB_RDONLY))
        // The handle's only users are in `body`, which ends before this.
        defer { unsafe mdb_txn_abort(pointer) }
        let handle = unsafe TransactionHandle(pointer: pointer, environment: number, loans: nil)
        return try body(ReadTransaction(handle))
    }

    /// Runs `body` on the one write transaction, commits when it returns, aborts when it throws.
    ///
    /// Waits for other writers in any process. Begins and ends on the calling thread. A commit
    /// costs two waits for the disk; when it has failed, with `call` naming `mdb_txn_commit`,
    /// nothing was changed, except that after `panic` it may have been.
    /// - Throws: what `body` throws; `alreadyWriting` on a thread that is writing; `mapFull`,
    ///   `noSpace`, `inputOutput`, `panic` from LMDB.
    public func write<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        let thread = ProcessIdentity.threadID
        let pointer = unsafe try beginWriting(on: thread)
        defer { gate.leave() }
        let handle = unsafe TransactionHandle(pointer: pointer, environment: number, loans: loans)
        let result: R
        do {
            result = try body(WriteTransaction(handle))
        } catch {
            endWriting(on: thread)
            // The handle's only users were in `body`.
            unsafe mdb_txn_abort(pointer)
            throw error
        }
        endWriting(on: thread)
        // The handle's only users were in `body`; a failed commit frees the transaction as well.
        try unsafe check(mdb_txn_commit(pointer), "mdb_txn_commit", path: directory)
        completeDataFile()
        return result
    }

    private func beginWriting(on thread: UInt64) throws(LMDBError) -> OpaquePointer {
        if writer.load(ordering: .relaxed) == thread {
            throw LMDBError(code: .alreadyWriting, call: "mdb_txn_begin", path: directory)
        }
        gate.enter()
        do {
            let pointer = unsafe try begin(0)
            writer.store(thread, ordering: .relaxed)
            return unsafe pointer
        } catch {
            gate.leave()
            throw error
        }
    }

    /// Gives up the mark of the writer while LMDB's lock is still held, so that the next may set
    /// it.
    private func endWriting(on thread: UInt64) {
        precondition(
            ProcessIdentity.threadID == thread,
            "a write transaction must end on the thread it began on")
        precondition(loans.count == 0, "a value lent by this transaction is still in use")
        writer.store(0, ordering: .relaxed)
    }

    func begin(_ flags: UInt32) throws(LMDBError) -> OpaquePointer {
        var begun: OpaquePointer?
        // The gate keeps the environment open.
        try unsafe check(
            mdb_txn_begin(pointer, nil, flags, &begun), "mdb_txn_begin", path: directory)
        return unsafe begun!
    }

    /// Opens a database by name, in a short transaction of its own; nil when there is none and
    /// `create` is false.
    ///
    /// Wraps `mdb_dbi_open`. A name opened before is answered from memory. Creating waits for other
    /// writers and commits. A handle can be used in transactions begun after this call.
    /// - Throws: `incompatible` when the database has the other kind of keys; `databasesFull`;
    ///   `alreadyWriting` when a name not opened before is asked for by the thread that is writing.
    public func openDatabase(
        _ name: String, integerKeys: Bool = false, create: Bool
    ) throws(LMDBError) -> Database? {
        if let known = databases.withLock({ $0[name] }) {
            return try compatible(known, integerKeys)
        }
        if writer.load(ordering: .relaxed) == ProcessIdentity.threadID {
            throw LMDBError(code: .alreadyWriting, call: "mdb_dbi_open", path: directory)
        }
        // lmdb.h: at most one transaction at a time may open databases.
        return try opening.withLock { (_) throws(LMDBError) -> Database? in
            if let known = databases.withLock({ $0[name] }) {
                return try compatible(known, integerKeys)
            }
            let found = try openUnknown(name, integerKeys: integerKeys, create: create)
            if let found { databases.withLock { $0[name] = found } }
            return try found.map { (found) throws(LMDBError) in try compatible(found, integerKeys) }
        }
    }

    private func compatible(
        _ database: Database, _ integerKeys: Bool
    ) throws(LMDBError) -> Database {
        if database.hasIntegerKeys == integerKeys { return database }
        throw LMDBError(code: .incompatible, call: "mdb_dbi_open", path: directory)
    }

    private func openUnknown(
        _ name: String, integerKeys: Bool, create: Bool
    ) throws(LMDBError) -> Database? {
        gate.enter()
        defer { gate.leave() }
        let pointer = unsafe try begin(create ? 0 : UInt32(MDB_RDONLY))
        var flags = create ? UInt32(MDB_CREATE) : 0
        if integerKeys { flags |= UInt32(MDB_INTEGERKEY) }
        var handle: UInt32 = 0
        var stored: UInt32 = 0
        // The transaction is live, and only this function knows it.
        var code = unsafe mdb_dbi_open(pointer, name, flags, &handle)
        if code == MDB_SUCCESS { code = unsafe mdb_dbi_flags(pointer, handle, &stored) }
        guard code == MDB_SUCCESS else {
            unsafe mdb_txn_abort(pointer)
            if code == MDB_NOTFOUND { return nil }
            throw LMDBError(code: .init(code), call: "mdb_dbi_open", path: directory)
        }
        // Committing a reading transaction is what makes the handle outlive it.
        try unsafe check(mdb_txn_commit(pointer), "mdb_txn_commit", path: directory)
        return Database(
            name: name, hasIntegerKeys: stored & UInt32(MDB_INTEGERKEY) != 0, handle: handle,
            environment: number)
    }
}
