import HansardBindings
public import HansardEngine

/// Sizes and positions of a store at one moment.
public struct StoreStatistics: Sendable {
    /// One table of the log or the index.
    public struct Table: Sendable {
        public let name: String
        public let entriesCount: Int
        /// Bytes of the pages the table takes, 4,096 each.
        public let liveBytes: Int
    }

    /// One of the two LMDB environments.
    public struct Environment: Sendable {
        public let tables: [Table]
        /// Bytes of the pages in use: those of the tables, of LMDB's own trees and the two meta
        /// pages.
        public let liveBytes: Int
        /// Size of the file, which never shrinks: pages no longer used are used again.
        public let fileBytes: Int
        public let readersInUse: Int
        public let readersMax: Int
        /// Address space reserved: what the file can grow to…
        public let mapBytes: Int
        /// …and what of it is taken, by pages in use and pages to be used again.
        public let mapUsedBytes: Int
    }

    /// The size of some events, evenly spread over the log.
    public struct Sample: Sendable {
        public let eventsCount: Int
        /// Their MessagePack.
        public let rawBytes: Int
        /// The stored bytes: headers and compressed payloads.
        public let storedBytes: Int

        /// Nil for an empty log.
        public var compressionRatio: Double? {
            storedBytes == 0 ? nil : Double(rawBytes) / Double(storedBytes)
        }
    }

    /// A unit of projections, or the core.
    public struct Unit: Sendable {
        public let name: String
        public let version: Int
        /// The last event it has durably folded.
        public let durablePosition: Position
        /// The last event reads see: the tail's end.
        public let current: Position
        public let stop: UnitStop?
        /// Set while the unit can't be read because the index lacks this program's version of it.
        public let rebuild: UnitStatus?
    }

    public let path: String
    public let logID: String
    public let formatVersion: Int
    /// The generation of the index this process uses.
    public let indexGeneration: Int
    /// The one the log names; another while this process moves over or can't.
    public let liveGeneration: Int
    /// The time nothing could be folded, so that appends waited, when this process moved to the
    /// generation it uses; nil when it began with that one.
    public let swapHeld: Duration?
    /// The reason this process does not use the live generation; nil when it does or is about to.
    /// Its own goes on being current.
    public let reasonToStay: HansardError?
    public let dictionariesCount: Int
    /// The last position; zero when the log is empty.
    public let head: Position
    public let log: Environment
    public let index: Environment
    public let units: [Unit]
    /// Units that are in the index and not among those of this program: other programs keep them
    /// current, each while it runs.
    public let otherUnits: [IndexGeneration.Unit]
    public let sample: Sample
    /// The events in memory that are not in the index yet.
    public let tailEventsCount: Int
    public let tailBytes: Int
    public let lmdbVersion: String
    public let zstdVersion: String

    /// The version of the log's format that new stores get.
    public static var formatVersionWritten: Int { Int(Layout.formatVersion) }

    /// Bytes of the log's live pages for each event; nil when it is empty.
    public var logBytesPerEvent: Double? {
        head == .zero ? nil : Double(log.liveBytes) / Double(head.rawValue)
    }
}

extension StoreStatistics.Unit {
    fileprivate init(lacking rebuild: UnitStatus) {
        self.init(
            name: rebuild.unit, version: rebuild.version, durablePosition: .zero, current: .zero,
            stop: nil, rebuild: rebuild)
    }
}

extension Store {
    /// Sizes and positions as of now. Costs some hundred lookups, whatever the store's size.
    ///
    /// - Throws: `HansardError` when the store can't be read.
    public func statistics() throws(HansardError) -> StoreStatistics {
        do {
            let published = try read { $0.published }
            return try statistics(published)
        } catch {
            throw HansardError.wrapping(error, doing: "reading the statistics")
        }
    }

    private func statistics(_ published: Published) throws -> StoreStatistics {
        let index = published.index
        let (durablePositions, stored) = try index.environment.read {
            (try index.readDurablePositions(in: $0), try index.storedUnits(in: $0))
        }
        let lacking = statuses.list(in: published)
        let known = Set(index.units.map(\.name) + lacking.map(\.unit))
        return StoreStatistics(
            path: path, logID: log.id, formatVersion: Int(Layout.formatVersion),
            indexGeneration: Int(index.generation),
            liveGeneration: Int(published.liveGeneration),
            swapHeld: indexWriter.mover.lastHold,
            reasonToStay: indexWriter.mover.reasonToStay,
            dictionariesCount: Int(log.dictionaries.newest), head: published.end,
            log: try log.environment.inspected([log.events, log.dictionaries.table, log.meta]),
            index: try index.environment.inspected(index.allTables),
            units: zip(index.units, published.units).map { unit, tail in
                StoreStatistics.Unit(
                    name: unit.name, version: unit.version,
                    durablePosition: durablePositions.positions[unit.number],
                    current: tail.stop == nil
                        ? tail.tail.end : durablePositions.positions[unit.number],
                    stop: tail.stop, rebuild: nil)
            } + lacking.map { StoreStatistics.Unit(lacking: $0) },
            otherUnits: stored.filter { !known.contains($0.name) },
            sample: try sample(through: published.end),
            tailEventsCount: published.units.map(\.tail.eventsCount).max() ?? 0,
            tailBytes: published.units.reduce(0) { $0 + $1.tail.bytesCount },
            lmdbVersion: Environment.libraryVersion, zstdVersion: ZstdLibrary.version)
    }
}

extension Store {
    private static let sampleEventsMax: UInt64 = 500

    /// Looks at headers and sizes, evenly spread.
    private func sample(through head: Position) throws -> StoreStatistics.Sample {
        var (count, raw, stored) = (0, 0, 0)
        let step = max(1, head.rawValue / Self.sampleEventsMax)
        try log.environment.read { transaction in
            for position in stride(from: 1, through: head.rawValue, by: Int(step)) {
                try transaction.withValue(integerKey: position, in: log.events) { bytes in
                    guard let bytes else { return }
                    // Damage is for reads and `verify` to tell.
                    guard let (header, _) = try? EventHeader.decode(bytes, position: position)
                    else { return }
                    count += 1
                    raw += header.rawLength
                    stored += bytes.count
                }
            }
        }
        return StoreStatistics.Sample(eventsCount: count, rawBytes: raw, storedBytes: stored)
    }
}

extension Environment {
    fileprivate func inspected(_ databases: [Database]) throws -> StoreStatistics.Environment {
        let information = information()
        var live = 2 * information.pageSize
        let tables = try read { transaction in
            for own in [mainDatabase, freeDatabase] {
                live += try statistics(own, in: transaction).liveBytes
            }
            return try databases.map { database in
                let statistics = try statistics(database, in: transaction)
                live += statistics.liveBytes
                return StoreStatistics.Table(
                    name: database.name, entriesCount: statistics.entries,
                    liveBytes: statistics.liveBytes)
            }
        }
        return StoreStatistics.Environment(
            tables: tables, liveBytes: live,
            fileBytes: try FileSystem.size(of: "\(directory)/data.mdb"),
            readersInUse: information.readersInUse, readersMax: information.maxReaders,
            mapBytes: information.mapSize, mapUsedBytes: information.usedBytes)
    }
}
