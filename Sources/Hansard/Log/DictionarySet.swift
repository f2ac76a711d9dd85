import Bindings
import Synchronization

/// The log's compression dictionaries, read when they are first needed and then shared.
///
/// Dictionaries are only ever added, under the next id, in a writer's transaction. Id 0 is none.
final class DictionarySet: Sendable {
    struct Loaded: Sendable {
        let compression: CompressionDictionary
        let decompression: DecompressionDictionary
    }

    private let loaded = Mutex<[UInt16: Loaded]>([:])
    private let environment: Environment
    let table: Database
    private let level: Int
    /// The id new events are compressed with.
    let newest: UInt16

    init(environment: Environment, table: Database, level: Int) throws {
        self.environment = environment
        self.table = table
        self.level = level
        newest = try environment.read {
            UInt16(truncatingIfNeeded: try $0.lastIntegerKey(of: table) ?? 0)
        }
    }

    /// The dictionary with an id; nil for id 0.
    ///
    /// An id not seen before is looked up in a new transaction, because another process may have
    /// added it since the caller's began.
    func dictionary(_ id: UInt16) throws -> Loaded? {
        if id == 0 { return nil }
        if let known = loaded.withLock({ $0[id] }) { return known }
        guard let bytes = try environment.read({ try $0.get(UInt64(id), from: table) }) else {
            throw HansardError(
                .corruptEvent,
                "the log has no dictionary \(id): it is damaged; restore it from a backup")
        }
        let new = Loaded(
            compression: try CompressionDictionary(bytes, level: level),
            decompression: try DecompressionDictionary(bytes))
        loaded.withLock { $0[id] = new }
        return new
    }
}
