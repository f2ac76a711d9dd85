internal import CLMDB

/// A cursor that also writes: each put starts its search from the last position.
///
/// Lent by `WriteTransaction.withWriteCursor` and closed at its end; used on one thread.
public struct WriteCursor: ~Copyable {
    /// The position, for reading and moving.
    public var position: Cursor

    @usableFromInline
    init(_ handle: TransactionHandle, _ database: Database) throws(LMDBError) {
        position = try Cursor(handle, database)
    }

    /// Stores `value` at `key`, replacing what was there, and stands there. Wraps `mdb_cursor_put`.
    ///
    /// - Throws: `badValueSize` before any change for a bad key; `mapFull`; `badTransaction`.
    public mutating func put(
        _ value: Span<UInt8>, for key: Span<UInt8>
    ) throws(LMDBError) {
        precondition(!position.database.hasIntegerKeys, "this database has integer keys")
        try checkKeyLength(key.count, call: "mdb_cursor_put")
        // LMDB copies key and value into its own pages during the call.
        let code = unsafe key.withUnsafeBytes { key in
            unsafe value.withUnsafeBytes { value in unsafe position.put(key, value) }
        }
        try position.stand(code)
    }

    /// Stores `value` at an integer key, as `put(_:for:)` does.
    public mutating func put(
        _ value: Span<UInt8>, integerKey key: UInt64
    ) throws(LMDBError) {
        precondition(position.database.hasIntegerKeys, "this database has byte keys")
        // LMDB copies key and value into its own pages during the call.
        let code = unsafe withUnsafeBytes(of: key) { key in
            unsafe value.withUnsafeBytes { value in unsafe position.put(key, value) }
        }
        try position.stand(code)
    }

    /// Deletes the entry at exactly `key` and answers whether there was one.
    ///
    /// Wraps `mdb_cursor_del`. After a deletion the cursor stands on no entry: seek before reading
    /// on. Where there was no such key it stands on the next greater one.
    @discardableResult
    public mutating func delete(_ key: Span<UInt8>) throws(LMDBError) -> Bool {
        guard try position.seek(atOrAfter: key), try position.compareKey(to: key) == 0 else {
            return false
        }
        try position.deleteCurrent()
        return true
    }
}

extension Cursor {
    fileprivate func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Int32 {
        precondition(loans?.count == 0, "a value lent by this transaction is still in use")
        var key = unsafe MDB_val(borrowing: key)
        var value = unsafe MDB_val(borrowing: value)
        // The cursor is open until `deinit`.
        return unsafe mdb_cursor_put(pointer, &key, &value, 0)
    }

    fileprivate mutating func stand(_ code: Int32) throws(LMDBError) {
        isAtEntry = code == MDB_SUCCESS
        try check(code, "mdb_cursor_put")
    }

    fileprivate mutating func deleteCurrent() throws(LMDBError) {
        precondition(loans?.count == 0, "a value lent by this transaction is still in use")
        isAtEntry = false
        // The cursor is open until `deinit`, and stands on an entry.
        try check(unsafe mdb_cursor_del(pointer, 0), "mdb_cursor_del")
    }
}
