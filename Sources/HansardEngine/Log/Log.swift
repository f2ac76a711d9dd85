package import HansardBindings
import HansardRecords

/// The log: an LMDB environment to which events are only ever appended. The truth.
package final class Log: Sendable {
    package let environment: Environment
    package let events: Database
    package let meta: Database
    /// Identifies this log for ever; backups and proofs name it.
    package let id: String
    /// The logs this one was restored from, oldest first.
    package let ancestry: [LogAncestor]
    package let hasher: IDHasher
    package let codecs: CodecPool
    package let dictionaries: DictionarySet

    /// Opens the log of a store.
    ///
    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptEvent` when the file is
    ///   damaged, and what the system refuses.
    package convenience init(directory: String, settings: StoreSettings) throws {
        var options = Environment.Options()
        options.isReadOnly = settings.isReadOnly
        let environment: Environment
        do { environment = try Environment.shared(directory: directory, options: options) } catch {
            guard error.isDamage else { throw error }
            throw HansardError(
                .corruptEvent,
                "the log \(directory)/data.mdb is damaged or cut off",
                advice: .restoreFromBackup, path: directory, underlying: error)
        }
        try self.init(environment, settings: settings)
    }

    /// The log in an environment that is open.
    ///
    /// - Throws: as above.
    package init(_ environment: Environment, settings: StoreSettings) throws {
        guard let meta = try environment.openDatabase(Layout.meta, create: false),
            let events = try environment.openDatabase(
                Layout.events, integerKeys: true, create: false),
            let dictionaries = try environment.openDatabase(
                Layout.dictionaries, integerKeys: true, create: false)
        else {
            throw HansardError(
                .notAStore,
                "\(environment.directory) is an LMDB file but not a log of Hansard",
                advice: .nameStore, path: environment.directory)
        }
        self.environment = environment
        self.meta = meta
        self.events = events
        let header = try environment.read { try LogMeta(reading: meta, in: $0) }
        id = header.id
        ancestry = header.ancestry
        hasher = IDHasher(key: header.hashKey)
        self.dictionaries = try DictionarySet(
            environment: environment, table: dictionaries, level: settings.compressionLevel)
        codecs = try CodecPool(
            dictionaries: self.dictionaries, hasher: hasher, settings: settings)
    }

    /// The last position; zero when the log is empty.
    package func head(in transaction: borrowing some Reading & ~Copyable) throws -> Position {
        Position(try transaction.lastIntegerKey(of: events) ?? 0)
    }

    /// The generation of the index that is live, as of a transaction.
    package func generation(in transaction: borrowing some Reading & ~Copyable) throws -> UInt64 {
        try LogMeta.generation(reading: meta, in: transaction)
    }

    /// The highest number of a generation that was ever live.
    func generationMax(in transaction: borrowing some Reading & ~Copyable) throws -> UInt64 {
        try LogMeta.generationMax(reading: meta, in: transaction)
    }

    /// The event at a position; nil beyond the head.
    package func event(
        at position: Position, in transaction: borrowing some Reading & ~Copyable,
        codec: EventCodec, as form: EventForm = .current
    ) throws -> RecordedEvent? {
        try transaction.withValue(integerKey: position.rawValue, in: events) { stored in
            guard let stored else { return nil }
            return try codec.decode(stored, position: position.rawValue, as: form)
        }
    }

    /// Hands the events from `first` to `last` to `body`, in order, checking that none is missing.
    func forEachEvent(
        from first: Position, through last: Position,
        in transaction: borrowing some Reading & ~Copyable, codec: EventCodec,
        as form: EventForm = .current, _ body: (RecordedEvent) throws -> Void
    ) throws {
        try scanEvents(from: first, through: last, in: transaction, codec: codec, as: form) {
            try body($0)
            return true
        }
    }

    /// As `forEachEvent`, until `body` returns false.
    func scanEvents(
        from first: Position, through last: Position,
        in transaction: borrowing some Reading & ~Copyable, codec: EventCodec,
        as form: EventForm = .current, _ body: (RecordedEvent) throws -> Bool
    ) throws {
        try scanStored(from: first, through: last, in: transaction) { position, stored in
            try body(try codec.decode(stored, position: position, as: form))
        }
    }

    /// The one cursor over the log: hands the events as they are stored to `body` until it returns
    /// false, checking that none is missing.
    ///
    /// - Throws: what `body` throws; `HansardError` (`corruptEvent`) for a missing one.
    package func scanStored(
        from first: Position, through last: Position,
        in transaction: borrowing some Reading & ~Copyable,
        _ body: (_ position: UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        guard first <= last else { return }
        try transaction.withCursor(events) { cursor in
            var isFound = try cursor.seek(integerKey: first.rawValue)
            var position = first.rawValue
            while position <= last.rawValue {
                guard isFound, try cursor.currentIntegerKey() == position else {
                    throw EventHeader.corrupt(position, "is missing")
                }
                guard try cursor.withCurrent({ _, stored in try body(position, stored) })
                else { return }
                position += 1
                if position <= last.rawValue { isFound = try cursor.next() }
            }
        }
    }

    /// The same in transactions of some thousand events, so that a long scan holds back no pages
    /// that a writer could use again.
    ///
    /// - Parameter between: called after each transaction with its last position.
    package func forEachStored(
        from first: Position, through last: Position,
        _ body: (_ position: UInt64, Span<UInt8>) throws -> Void,
        between: (Position) throws -> Void = { _ in }
    ) throws {
        var first = first
        while first <= last {
            let end = min(last, Position(first.rawValue + Self.transactionEvents - 1))
            try environment.read { transaction in
                try scanStored(from: first, through: end, in: transaction) { position, stored in
                    try body(position, stored)
                    return true
                }
            }
            try between(end)
            first = end.next
        }
    }

    private static let transactionEvents: UInt64 = 8_192
}
