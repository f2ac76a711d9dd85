/// The common part of read and write transactions: looking values up.
///
/// Only this module's two transaction types conform. Generic code takes
/// `borrowing some Reading & ~Copyable`. Every method is a direct call after specialisation.
public protocol Reading: ~Copyable {
    /// The transaction's pointer, opaque to callers.
    var handle: TransactionHandle { get }
}

extension Reading where Self: ~Copyable {
    /// A copy of the value at `key`, or nil when there is none.
    ///
    /// Wraps `mdb_get`; costs one search of the tree, one allocation and one copy.
    /// - Throws: `badValueSize` for an empty or overlong key, `corrupted` for a damaged file.
    @inlinable
    public func get(
        _ key: Span<UInt8>, from database: Database
    ) throws(LMDBError) -> [UInt8]? {
        // Copied before anything else can happen in the transaction.
        try unsafe handle.lookup(key, database).map { unsafe [UInt8]($0) }
    }

    /// A copy of the value at an integer key, or nil. Otherwise as `get(_:from:)` with bytes.
    @inlinable
    public func get(_ key: UInt64, from database: Database) throws(LMDBError) -> [UInt8]? {
        // Copied before anything else can happen in the transaction.
        try unsafe handle.lookup(key, database).map { unsafe [UInt8]($0) }
    }

    /// Lends the value at `key`, or nil when there is none, without copying it.
    ///
    /// Wraps `mdb_get`; allocates nothing. In a write transaction `body` must not write: that is a
    /// precondition failure, for a write may move what is lent.
    /// - Throws: what `body` throws, or `LMDBError`.
    @inlinable
    public func withValue<R>(
        _ key: Span<UInt8>, in database: Database,
        _ body: (Span<UInt8>?) throws -> R
    ) throws -> R {
        try unsafe handle.lend(handle.lookup(key, database), to: body)
    }

    /// Lends the value at an integer key. Otherwise as `withValue(_:in:_:)`.
    @inlinable
    public func withValue<R>(
        integerKey key: UInt64, in database: Database,
        _ body: (Span<UInt8>?) throws -> R
    ) throws -> R {
        try unsafe handle.lend(handle.lookup(key, database), to: body)
    }

    /// Runs `body` with a cursor over `database`, which is closed when `body` ends.
    ///
    /// Wraps `mdb_cursor_open` and `mdb_cursor_close`: one allocation by LMDB.
    /// - Throws: what `body` throws, or `LMDBError`.
    @inlinable
    public func withCursor<R>(
        _ database: Database, _ body: (inout Cursor) throws -> R
    ) throws -> R {
        var cursor = try Cursor(handle, database)
        return try body(&cursor)
    }

    /// The largest key of a database of integer keys, or nil when it is empty.
    public func lastIntegerKey(of database: Database) throws(LMDBError) -> UInt64? {
        var cursor = try Cursor(handle, database)
        return try cursor.last() ? cursor.currentIntegerKey() : nil
    }
}

extension TransactionHandle {
    /// Runs `body` on what LMDB lends, and holds off writes meanwhile.
    @inlinable
    func lend<R>(
        _ value: UnsafeBufferPointer<UInt8>?, to body: (Span<UInt8>?) throws -> R
    ) throws -> R {
        loans?.count += 1
        defer { loans?.count -= 1 }
        guard let value = unsafe value else { return try body(nil) }
        // The span cannot outlive `body`, and until then the transaction neither ends nor writes.
        return try body(unsafe Span(_unsafeElements: value))
    }
}
