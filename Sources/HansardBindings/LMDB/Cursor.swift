internal import CLMDB

/// A position in a database, for reading runs of entries in key order.
///
/// Lent by `withCursor`, closed at its end, used on one thread. It begins before the first entry.
/// Moves answer `false` at either end; a failure is thrown, never taken for an end.
@safe public struct Cursor: ~Copyable {
    let pointer: OpaquePointer
    let database: Database
    @usableFromInline let loans: Loans?
    /// True if the cursor stands on an entry.
    public internal(set) var isAtEntry = false
    /// The entry as of the last move; in a write transaction it is fetched again for every use.
    private var key = unsafe MDB_val()
    private var value = unsafe MDB_val()

    /// Wraps `mdb_cursor_open`.
    @usableFromInline
    init(_ handle: TransactionHandle, _ database: Database) throws(LMDBError) {
        handle.checkOwner(of: database)
        var opened: OpaquePointer?
        // The transaction is live while its handle is in use.
        try unsafe check(
            mdb_cursor_open(handle.pointer, database.handle, &opened), "mdb_cursor_open")
        unsafe pointer = opened!
        self.database = database
        loans = handle.loans
    }

    deinit {
        // The closure that lends the cursor ends before its transaction does.
        unsafe mdb_cursor_close(pointer)
    }

    /// Moves to the first entry. Wraps `MDB_FIRST`. Answers whether there is one.
    public mutating func first() throws(LMDBError) -> Bool { try move(MDB_FIRST) }

    /// Moves to the last entry. Wraps `MDB_LAST`. Answers whether there is one.
    public mutating func last() throws(LMDBError) -> Bool { try move(MDB_LAST) }

    /// Moves to the next entry, from nowhere to the first. Wraps `MDB_NEXT`.
    public mutating func next() throws(LMDBError) -> Bool { try move(MDB_NEXT) }

    /// Moves to the previous entry, from nowhere to the last. Wraps `MDB_PREV`.
    public mutating func previous() throws(LMDBError) -> Bool { try move(MDB_PREV) }

    /// Moves to the first entry whose key is `key` or greater. Wraps `MDB_SET_RANGE`.
    ///
    /// - Throws: `badValueSize` for an empty or overlong key.
    public mutating func seek(atOrAfter key: Span<UInt8>) throws(LMDBError) -> Bool {
        precondition(!database.hasIntegerKeys, "this database has integer keys")
        try checkKeyLength(key.count, call: "mdb_cursor_get")
        // LMDB reads the key during the call, then replaces the address with the entry's own.
        let code = unsafe key.withUnsafeBytes { buffer in
            unsafe self.key = MDB_val(borrowing: buffer)
            return unsafe mdb_cursor_get(pointer, &self.key, &value, MDB_SET_RANGE)
        }
        return try settle(code)
    }

    /// Moves to the first entry whose integer key is `key` or greater. Wraps `MDB_SET_RANGE`.
    public mutating func seek(integerKey key: UInt64) throws(LMDBError) -> Bool {
        precondition(database.hasIntegerKeys, "this database has byte keys")
        // LMDB reads the key during the call, then replaces the address with the entry's own.
        let code = unsafe withUnsafeBytes(of: key) { buffer in
            unsafe self.key = MDB_val(borrowing: buffer)
            return unsafe mdb_cursor_get(pointer, &self.key, &value, MDB_SET_RANGE)
        }
        return try settle(code)
    }

    @inline(__always)
    private mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
        // The cursor is open until `deinit`.
        try settle(unsafe mdb_cursor_get(pointer, &key, &value, operation))
    }

    @inline(__always)
    private mutating func settle(_ code: Int32) throws(LMDBError) -> Bool {
        isAtEntry = code == MDB_SUCCESS
        if code == MDB_NOTFOUND { return false }
        try check(code, "mdb_cursor_get")
        return true
    }

    /// The entry's bytes, good until the transaction next writes.
    @usableFromInline
    func current() throws(LMDBError) -> (
        key: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
    ) {
        precondition(isAtEntry, "the cursor stands on no entry")
        guard loans != nil else { return unsafe (key.bytes, value.bytes) }
        var key = unsafe MDB_val()
        var value = unsafe MDB_val()
        // A write since the last move may have moved the entry: ask where it is now.
        try check(
            unsafe mdb_cursor_get(pointer, &key, &value, MDB_GET_CURRENT), "mdb_cursor_get")
        return unsafe (key.bytes, value.bytes)
    }
}

/// The entry the cursor stands on. Being on none is a precondition failure.
extension Cursor {
    /// Lends the key and the value of the entry; copies and allocates nothing.
    ///
    /// In a write transaction `body` must not write: that is a precondition failure.
    @inlinable
    public func withCurrent<R>(
        _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) throws -> R
    ) throws -> R {
        let entry = try unsafe current()
        loans?.count += 1
        defer { loans?.count -= 1 }
        // The spans cannot outlive `body`, and until then the transaction neither ends nor writes.
        return try body(
            unsafe Span(_unsafeElements: entry.key), unsafe Span(_unsafeElements: entry.value))
    }

    /// Appends the entry's key to `array`: one `memcpy`.
    public func appendKey(to array: inout [UInt8]) throws(LMDBError) {
        // Copied before anything else can happen in the transaction.
        try unsafe array.append(contentsOf: current().key)
    }

    /// Appends the entry's value to `array`: one `memcpy`.
    public func appendValue(to array: inout [UInt8]) throws(LMDBError) {
        // Copied before anything else can happen in the transaction.
        try unsafe array.append(contentsOf: current().value)
    }

    /// The entry's key in a database of integer keys.
    public func currentIntegerKey() throws(LMDBError) -> UInt64 {
        precondition(database.hasIntegerKeys, "this database has byte keys")
        let key = try unsafe current().key
        guard key.count == 8 else { throw LMDBError(code: .corrupted, call: "mdb_cursor_get") }
        // The length was checked; LMDB stores integer keys in the machine's order, aligned or not.
        return unsafe UnsafeRawBufferPointer(key).loadUnaligned(as: UInt64.self)
    }

    /// Compares the entry's key with `other`: negative when the entry comes first.
    public func compareKey(to other: Span<UInt8>) throws(LMDBError) -> Int {
        // The span lasts for this one comparison.
        Bytes.compare(unsafe Span(_unsafeElements: try current().key), other)
    }
}
