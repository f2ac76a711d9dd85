internal import CLMDB

/// The one write transaction an environment can have, lent by `Environment.write`.
///
/// It reads what it has written. It cannot be copied, stored or sent to another task, so that it
/// begins and ends on one thread, as LMDB demands. After any error but `keyExists` and
/// `badValueSize`, let it abort by throwing.
@safe public struct WriteTransaction: ~Copyable, Reading {
    public let handle: TransactionHandle

    init(_ handle: TransactionHandle) { self.handle = handle }

    /// The number this transaction will commit under. Wraps `mdb_txn_id`.
    public var transactionID: UInt64 {
        // The transaction is live until the closure that lends it has returned.
        unsafe UInt64(mdb_txn_id(handle.pointer))
    }

    /// Stores `value` at `key`, replacing what was there. Wraps `mdb_put`.
    ///
    /// - Throws: `badValueSize` before any change for a bad key; `mapFull`; `badTransaction`.
    public func put(
        _ value: Span<UInt8>, for key: Span<UInt8>, in database: Database
    ) throws(LMDBError) {
        try store(value, key, database, flags: 0)
    }

    /// Stores `value` at an integer key, replacing what was there. Wraps `mdb_put`.
    public func put(
        _ value: Span<UInt8>, integerKey key: UInt64, in database: Database
    ) throws(LMDBError) {
        try store(value, key, database, flags: 0)
    }

    /// Stores `value` after the last key, without a search. Wraps `mdb_put` with `MDB_APPEND`.
    ///
    /// - Throws: `keyExists` when `key` is not greater than every key there is; nothing is changed.
    public func append(
        _ value: Span<UInt8>, integerKey key: UInt64, to database: Database
    ) throws(LMDBError) {
        try store(value, key, database, flags: UInt32(MDB_APPEND))
    }

    /// Stores `value` after the last key, without a search. Wraps `mdb_put` with `MDB_APPEND`.
    ///
    /// - Throws: `keyExists` when `key` is not greater than every key there is; nothing is changed.
    public func append(
        _ value: Span<UInt8>, key: Span<UInt8>, to database: Database
    ) throws(LMDBError) {
        try store(value, key, database, flags: UInt32(MDB_APPEND))
    }

    /// Deletes the entry at `key`, and answers whether there was one. Wraps `mdb_del`.
    @discardableResult
    public func delete(
        _ key: Span<UInt8>, from database: Database
    ) throws(LMDBError) -> Bool {
        precondition(!database.hasIntegerKeys, "this database has integer keys")
        prepareToWrite(database)
        try checkKeyLength(key.count, call: "mdb_del")
        // LMDB reads the key during the call and does not keep its address.
        let code = unsafe key.withUnsafeBytes { buffer in
            var name = unsafe MDB_val(borrowing: buffer)
            return unsafe mdb_del(handle.pointer, database.handle, &name, nil)
        }
        return try deleted(code)
    }

    /// Deletes the entry at an integer key, and answers whether there was one. Wraps `mdb_del`.
    @discardableResult
    public func delete(integerKey key: UInt64, from database: Database) throws(LMDBError) -> Bool {
        precondition(database.hasIntegerKeys, "this database has byte keys")
        prepareToWrite(database)
        // LMDB reads the key during the call and does not keep its address.
        let code = unsafe withUnsafeBytes(of: key) { buffer in
            var name = unsafe MDB_val(borrowing: buffer)
            return unsafe mdb_del(handle.pointer, database.handle, &name, nil)
        }
        return try deleted(code)
    }

    /// Deletes every entry and keeps the database. Wraps `mdb_drop`; costs one visit per inner
    /// page.
    public func clear(_ database: Database) throws(LMDBError) {
        prepareToWrite(database)
        // The transaction is live until the closure that lends it has returned.
        try check(unsafe mdb_drop(handle.pointer, database.handle, 0), "mdb_drop")
    }

    /// Runs `body` with a cursor that can also write; faster for runs of keys in order.
    @inlinable
    public func withWriteCursor<R>(
        _ database: Database, _ body: (inout WriteCursor) throws -> R
    ) throws -> R {
        var cursor = try WriteCursor(handle, database)
        return try body(&cursor)
    }
}

extension WriteTransaction {
    private func store(
        _ value: Span<UInt8>, _ key: Span<UInt8>, _ database: Database,
        flags: UInt32
    ) throws(LMDBError) {
        precondition(!database.hasIntegerKeys, "this database has integer keys")
        prepareToWrite(database)
        try checkKeyLength(key.count, call: "mdb_put")
        // LMDB copies key and value into its own pages during the call.
        let code = unsafe key.withUnsafeBytes { key in
            unsafe value.withUnsafeBytes { value in
                var key = unsafe MDB_val(borrowing: key)
                var value = unsafe MDB_val(borrowing: value)
                return unsafe mdb_put(handle.pointer, database.handle, &key, &value, flags)
            }
        }
        try check(code, "mdb_put")
    }

    private func store(
        _ value: Span<UInt8>, _ key: UInt64, _ database: Database, flags: UInt32
    ) throws(LMDBError) {
        precondition(database.hasIntegerKeys, "this database has byte keys")
        prepareToWrite(database)
        // LMDB copies key and value into its own pages during the call.
        let code = unsafe withUnsafeBytes(of: key) { key in
            unsafe value.withUnsafeBytes { value in
                var key = unsafe MDB_val(borrowing: key)
                var value = unsafe MDB_val(borrowing: value)
                return unsafe mdb_put(handle.pointer, database.handle, &key, &value, flags)
            }
        }
        try check(code, "mdb_put")
    }

    private func deleted(_ code: Int32) throws(LMDBError) -> Bool {
        if code == MDB_NOTFOUND { return false }
        try check(code, "mdb_del")
        return true
    }

    @inline(__always)
    private func prepareToWrite(_ database: Database) {
        handle.checkOwner(of: database)
        precondition(handle.loans?.count == 0, "a value lent by this transaction is still in use")
    }
}
