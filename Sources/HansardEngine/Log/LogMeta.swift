package import HansardBindings
import HansardRecords

/// The content of the log's `meta` table.
package struct LogMeta {
    package let id: String
    package let hashKey: (UInt64, UInt64)
    package let createdAt: Instant
    /// The logs this one was restored from, oldest first.
    package let ancestry: [LogAncestor]

    /// Makes the identity of a new log.
    package init(new createdAt: Instant, ancestry: [LogAncestor] = []) {
        self.ancestry = ancestry
        id = Identifier.random().text
        let random = SystemRandom.bytes(16)
        hashKey = (
            Bytes.loadLittleEndian(random.span, at: 0, as: UInt64.self),
            Bytes.loadLittleEndian(random.span, at: 8, as: UInt64.self)
        )
        self.createdAt = createdAt
    }

    /// The same log with other ancestors.
    package func descended(from ancestry: [LogAncestor]) -> LogMeta {
        LogMeta(id: id, hashKey: hashKey, createdAt: createdAt, ancestry: ancestry)
    }

    private init(
        id: String, hashKey: (UInt64, UInt64), createdAt: Instant, ancestry: [LogAncestor]
    ) {
        self.id = id
        self.hashKey = hashKey
        self.createdAt = createdAt
        self.ancestry = ancestry
    }

    init(
        reading meta: Database, in transaction: borrowing some Reading & ~Copyable
    ) throws {
        let format = try Self.number(Layout.metaFormat, meta, transaction)
        guard let format, format >= 1 else {
            throw HansardError(
                .notAStore,
                "the log states no format, so it is not a log of Hansard",
                advice: .nameStore)
        }
        guard format <= Layout.formatVersion else {
            throw HansardError(
                .newerFormat,
                "the log has format \(format), this program reads up to \(Layout.formatVersion)",
                advice: .useNewerProgram)
        }
        guard let id = try transaction.get(Array(Layout.metaLogID.utf8).span, from: meta),
            let key = try transaction.get(Array(Layout.metaHashKey.utf8).span, from: meta),
            key.count == 16,
            let createdAt = try Self.number(Layout.metaCreatedAt, meta, transaction)
        else {
            throw HansardError(
                .notAStore,
                "the log's identity is missing: it is damaged",
                advice: .restoreFromBackup)
        }
        self.id = String(decoding: id, as: UTF8.self)
        hashKey = (
            Bytes.loadLittleEndian(key.span, at: 0, as: UInt64.self),
            Bytes.loadLittleEndian(key.span, at: 8, as: UInt64.self)
        )
        self.createdAt = Instant(microsecondsSinceUnixEpoch: Int64(bitPattern: createdAt))
        let ancestors =
            try transaction.get(Array(Layout.metaAncestry.utf8).span, from: meta) ?? []
        guard let ancestry = LogAncestor.decode(ancestors.span) else {
            throw HansardError(
                .notAStore,
                "the log's ancestry is damaged",
                advice: .restoreFromBackup)
        }
        self.ancestry = ancestry
    }

    package func write(to meta: Database, in transaction: borrowing WriteTransaction) throws {
        func put(_ value: [UInt8], _ key: String) throws {
            try transaction.put(value.span, for: Array(key.utf8).span, in: meta)
        }
        var key: [UInt8] = []
        Bytes.appendLittleEndian(hashKey.0, to: &key)
        Bytes.appendLittleEndian(hashKey.1, to: &key)
        try put(Self.bytes(Layout.formatVersion), Layout.metaFormat)
        try put(Array(id.utf8), Layout.metaLogID)
        try put(key, Layout.metaHashKey)
        try put(Self.bytes(1), Layout.metaGeneration)
        let created = UInt64(bitPattern: createdAt.microsecondsSinceUnixEpoch)
        try put(Self.bytes(created), Layout.metaCreatedAt)
        if !ancestry.isEmpty { try put(LogAncestor.encode(ancestry), Layout.metaAncestry) }
    }

    static func generation(
        reading meta: Database, in transaction: borrowing some Reading & ~Copyable
    ) throws -> UInt64 {
        guard let generation = try number(Layout.metaGeneration, meta, transaction) else {
            throw HansardError(
                .notAStore,
                "the log names no index generation: it is damaged",
                advice: .restoreFromBackup)
        }
        return generation
    }

    /// The highest number of a generation that was ever live, as far as the log tells.
    static func generationMax(
        reading meta: Database, in transaction: borrowing some Reading & ~Copyable
    ) throws -> UInt64 {
        let live = try generation(reading: meta, in: transaction)
        return max(live, try number(Layout.metaGenerationMax, meta, transaction) ?? live)
    }

    /// Makes a generation of the index the live one.
    static func setGeneration(
        _ generation: UInt64, in meta: Database, _ transaction: borrowing WriteTransaction
    ) throws {
        let last = max(generation, try generationMax(reading: meta, in: transaction))
        for (key, number) in [
            (Layout.metaGeneration, generation), (Layout.metaGenerationMax, last),
        ] {
            try transaction.put(bytes(number).span, for: Array(key.utf8).span, in: meta)
        }
    }

    private static func number(
        _ key: String, _ meta: Database, _ transaction: borrowing some Reading & ~Copyable
    ) throws -> UInt64? {
        guard let bytes = try transaction.get(Array(key.utf8).span, from: meta), bytes.count == 8
        else { return nil }
        return Bytes.loadLittleEndian(bytes.span, at: 0, as: UInt64.self)
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        Bytes.appendLittleEndian(number, to: &bytes)
        return bytes
    }
}
