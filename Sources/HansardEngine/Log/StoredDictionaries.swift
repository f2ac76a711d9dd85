import HansardBindings

/// A compression dictionary of a log.
public struct StoredDictionary: Sendable {
    public let id: Int
    public let bytesCount: Int
    /// True if new events are compressed with it.
    public let isNewest: Bool
    /// Events compressed with it; nil when they were not counted.
    public let eventsCount: Int?
}

extension LogReader {
    /// The log's dictionaries, oldest first.
    ///
    /// - Parameters:
    ///   - countingEvents: whether to count the events of each, which reads the whole log.
    ///   - isCancelled: asked between some thousand events; true ends the counting.
    /// - Throws: `HansardError`: `corruptEvent` when an event that is to be counted is damaged;
    ///   `cancelled`, saying how far it got.
    public func dictionaries(
        countingEvents: Bool, isCancelled: () -> Bool = { false }
    ) throws(HansardError) -> [StoredDictionary] {
        do {
            let counts = countingEvents ? try log.eventsByDictionary(isCancelled) : nil
            let sizes = try log.dictionarySizes()
            return sizes.map { id, bytesCount in
                StoredDictionary(
                    id: Int(id), bytesCount: bytesCount, isNewest: id == sizes.last?.id,
                    eventsCount: counts.map { $0[id] ?? 0 })
            }
        } catch {
            throw HansardError.wrapping(error, doing: "listing the dictionaries")
        }
    }
}

extension Log {
    /// Below the first zstd makes none, and takes what it is given for raw text.
    private static let dictionaryBytes = 256...(16 << 20)
    /// The first bytes of a zstd dictionary.
    private static let dictionaryMagic: [UInt8] = [0x37, 0xA4, 0x30, 0xEC]

    /// Adds a dictionary and the note of the act in one transaction, and answers its number.
    func addDictionary(
        _ bytes: [UInt8], as event: (_ id: Int) -> Event
    ) throws -> Int {
        guard Self.dictionaryBytes.contains(bytes.count), bytes.starts(with: Self.dictionaryMagic),
            (try? DecompressionDictionary(bytes)) != nil
        else {
            throw HansardError(
                .invalidArgument,
                "the bytes are not a zstd dictionary of 256 bytes to 16 MiB",
                advice: .trainDictionary)
        }
        let table = dictionaries.table
        let id = try environment.write { transaction in
            let id = (try transaction.lastIntegerKey(of: table) ?? 0) + 1
            guard id <= UInt64(UInt16.max) else {
                throw HansardError(.full, "the log holds as many dictionaries as it can name")
            }
            try transaction.append(bytes.span, integerKey: id, to: table)
            try PendingAct(event(Int(id))).put(to: meta, in: transaction)
            return id
        }
        try environment.read { try dictionaries.renew(in: $0) }
        return Int(id)
    }

    fileprivate func dictionarySizes() throws -> [(id: UInt64, bytesCount: Int)] {
        try environment.read { transaction in
            var sizes: [(id: UInt64, bytesCount: Int)] = []
            try transaction.withCursor(dictionaries.table) { cursor in
                var isFound = try cursor.first()
                while isFound {
                    let bytesCount = try cursor.withCurrent { _, bytes in bytes.count }
                    sizes.append((try cursor.currentIntegerKey(), bytesCount))
                    isFound = try cursor.next()
                }
            }
            return sizes
        }
    }

    /// Reads every event, some thousand in a transaction, and checks it on the way.
    fileprivate func eventsByDictionary(_ isCancelled: () -> Bool) throws -> [UInt64: Int] {
        var counts: [UInt64: Int] = [:]
        let last = try environment.read { try head(in: $0) }
        try forEachStored(from: Position(1), through: last) { position, stored in
            let id = try EventHeader.decode(stored, position: position).header.dictionary
            counts[UInt64(id), default: 0] += 1
        } between: { end in
            if isCancelled() { throw HansardError(.cancelled, "events counted: \(end)") }
        }
        return counts
    }
}
