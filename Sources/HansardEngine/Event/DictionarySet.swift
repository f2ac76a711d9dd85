package import HansardBindings
import Synchronization

/// The log's compression dictionaries, read when they are first needed and then shared.
///
/// Dictionaries are only ever added, under the next id, in a writer's transaction. Id 0 is none.
package final class DictionarySet: Sendable {
    package struct Loaded: Sendable {
        package let compression: CompressionDictionary
        let decompression: DecompressionDictionary
    }

    private let loaded = Mutex<[UInt16: Loaded]>([:])
    private let environment: Environment
    package let table: Database
    private let level: Int
    private let newestID: Atomic<UInt16>

    /// The id new events are compressed with: the newest this process has seen.
    package var newest: UInt16 { newestID.load(ordering: .relaxed) }

    init(environment: Environment, table: Database, level: Int) throws {
        self.environment = environment
        self.table = table
        self.level = level
        newestID = Atomic(try environment.read { try Self.newest(of: table, in: $0) })
    }

    private static func newest(
        of table: Database, in transaction: borrowing some Reading & ~Copyable
    ) throws -> UInt16 {
        let id = try transaction.lastIntegerKey(of: table) ?? 0
        guard let id = UInt16(exactly: id) else {
            throw HansardError(
                .corruptEvent,
                "the log has a dictionary \(id), beyond what its format can name: it is damaged",
                advice: .restoreFromBackup)
        }
        return id
    }

    /// Takes up a dictionary that was added, by any process. Ids only grow.
    func renew(in transaction: borrowing some Reading & ~Copyable) throws {
        let id = try Self.newest(of: table, in: transaction)
        if id > newest { newestID.max(id, ordering: .relaxed) }
    }

    /// The dictionary with an id; nil for id 0.
    ///
    /// An id not seen before is looked up in a new transaction, because another process may have
    /// added it since the caller's began.
    package func dictionary(_ id: UInt16) throws -> Loaded? {
        if id == 0 { return nil }
        if let known = loaded.withLock({ $0[id] }) { return known }
        guard let bytes = try environment.read({ try $0.get(UInt64(id), from: table) }) else {
            throw HansardError(
                .corruptEvent,
                "the log has no dictionary \(id), which an event needs: it is damaged",
                advice: .restoreFromBackup)
        }
        let new = Loaded(
            compression: try CompressionDictionary(bytes, level: level),
            decompression: try DecompressionDictionary(bytes))
        loaded.withLock { $0[id] = new }
        return new
    }
}
