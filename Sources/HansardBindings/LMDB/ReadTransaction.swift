internal import CLMDB

/// A snapshot of an environment, lent by `Environment.read` and over when its closure ends.
///
/// It sees the last commit before it began and nothing later, whatever others write. It cannot be
/// copied, stored or sent to another task. Keep it short: pages freed since it began cannot be
/// reused.
@safe public struct ReadTransaction: ~Copyable, Reading {
    public let handle: TransactionHandle

    init(_ handle: TransactionHandle) { self.handle = handle }

    /// The last committed transaction this snapshot includes. Wraps `mdb_txn_id`.
    public var transactionID: UInt64 {
        // The transaction is live until the closure that lends it has returned.
        unsafe UInt64(mdb_txn_id(handle.pointer))
    }
}
