internal import CLMDB

/// The state that a transaction's methods need. Callers can neither make one nor look inside.
///
/// It is a copy of a pointer that its transaction owns; this module never keeps one past the
/// closure that lends the transaction.
@safe public struct TransactionHandle {
    /// The `MDB_txn`, live until the closure that lends the transaction has returned.
    let pointer: OpaquePointer
    /// The environment's number, which a database must carry to be used here.
    let environment: UInt64
    /// The loans of a write transaction; nil in a read transaction, where nothing can change.
    @usableFromInline let loans: Loans?
}

/// Counts the values a write transaction has lent and not had back.
///
/// A lent value is in pages that the next write may move. So a write while one is lent is a
/// precondition failure rather than a read of freed memory. Used by one thread only.
@usableFromInline final class Loans {
    @usableFromInline var count = 0
    @usableFromInline init() {}
}

extension TransactionHandle {
    /// The value at `key` as LMDB lends it, or nil. Wraps `mdb_get`.
    @usableFromInline
    func lookup(
        _ key: Span<UInt8>, _ database: Database
    ) throws(LMDBError) -> UnsafeBufferPointer<UInt8>? {
        precondition(!database.hasIntegerKeys, "this database has integer keys")
        try checkKeyLength(key.count, call: "mdb_get")
        // LMDB reads the key during the call and does not keep its address.
        let (code, value) = unsafe key.withUnsafeBytes { buffer in
            var name = unsafe MDB_val(borrowing: buffer)
            return unsafe find(&name, database)
        }
        return try unsafe found(code, value)
    }

    /// The value at an integer key as LMDB lends it, or nil. Wraps `mdb_get`.
    @usableFromInline
    func lookup(
        _ key: UInt64, _ database: Database
    ) throws(LMDBError) -> UnsafeBufferPointer<UInt8>? {
        precondition(database.hasIntegerKeys, "this database has byte keys")
        // LMDB reads the key during the call and does not keep its address.
        let (code, value) = unsafe withUnsafeBytes(of: key) { buffer in
            var name = unsafe MDB_val(borrowing: buffer)
            return unsafe find(&name, database)
        }
        return try unsafe found(code, value)
    }

    private func find(_ key: inout MDB_val, _ database: Database) -> (Int32, MDB_val) {
        checkOwner(of: database)
        var value = unsafe MDB_val()
        // The transaction is live while its handle is in use, and the database is this
        // environment's.
        let code = unsafe mdb_get(pointer, database.handle, &key, &value)
        return unsafe (code, value)
    }

    private func found(
        _ code: Int32, _ value: MDB_val
    ) throws(LMDBError) -> UnsafeBufferPointer<UInt8>? {
        if code == MDB_NOTFOUND { return nil }
        try check(code, "mdb_get")
        return unsafe value.bytes
    }

    /// A database of another environment would silently name another table here.
    @inline(__always)
    func checkOwner(of database: Database) {
        precondition(database.environment == environment, "database of another environment")
    }
}

/// LMDB's bounds on a key, checked before the call.
@inline(__always)
func checkKeyLength(_ count: Int, call: StaticString) throws(LMDBError) {
    if count < 1 || count > 511 { throw LMDBError(code: .badValueSize, call: "\(call)") }
}

extension MDB_val {
    /// A value lent to LMDB for the length of one call; LMDB never writes through it.
    @inline(__always)
    init(borrowing buffer: UnsafeRawBufferPointer) {
        unsafe self.init(
            mv_size: buffer.count,
            mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
    }

    /// The bytes LMDB lends: valid until the transaction ends or, if it writes, until its next
    /// write.
    @inline(__always)
    var bytes: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(
            start: mv_data?.assumingMemoryBound(to: UInt8.self), count: mv_size)
    }
}
