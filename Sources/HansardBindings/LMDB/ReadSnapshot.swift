internal import CLMDB

/// A read transaction that its holder ends, by letting go of it.
///
/// For objects that lend a view and end with it; everything else uses `Environment.read`. It sees
/// the last commit before it began. It cannot be copied or sent to another task. Keep it short.
@safe public struct ReadSnapshot: ~Copyable, Reading {
    public let handle: TransactionHandle
    private let environment: Environment

    init(_ handle: TransactionHandle, of environment: Environment) {
        self.handle = handle
        self.environment = environment
    }

    /// The last committed transaction this snapshot includes. Wraps `mdb_txn_id`.
    public var transactionID: UInt64 {
        // The transaction is live until `deinit`.
        unsafe UInt64(mdb_txn_id(handle.pointer))
    }

    deinit {
        // Nothing lent by the transaction outlives the closures it was lent to.
        unsafe mdb_txn_abort(handle.pointer)
        environment.gate.leave()
    }
}

extension Environment {
    /// Begins a snapshot that ends when its holder lets go of it. Otherwise as `read`.
    public func beginRead() throws(LMDBError) -> ReadSnapshot {
        gate.enter()
        do {
            let pointer = unsafe try begin(UInt32(MDB_RDONLY))
            let handle = unsafe TransactionHandle(
                pointer: pointer, environment: number, loans: nil)
            return ReadSnapshot(handle, of: self)
        } catch {
            gate.leave()
            throw error
        }
    }
}
