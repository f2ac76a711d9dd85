import HansardBindings
public import HansardRecords

/// One consistent view of the whole store, lent by `Store.read`: every table and event as of
/// `position`.
///
/// Not Sendable, and invalid once the closure it was lent to has returned.
public final class ReadView {
    /// Everything up to here is visible, nothing after it.
    public let position: Position
    package let published: Published
    private let index: IndexReader
    private let log: Log
    private let codec: EventCodec
    private let events: ReadSnapshot
    private let statuses: UnitStatuses
    /// Number of the unit that keeps the tree; nil when the store was opened without, or the index
    /// has it not yet.
    package let treeUnit: Int?
    /// The reason the tree can't be read yet; nil when it is not wanted.
    package var treeRebuild: HansardError? { statuses.error(forTable: TreeTable.names[0]) }

    init(store: Store, published: Published, index: IndexReader, codec: EventCodec) throws {
        position = published.end
        self.published = published
        self.index = index
        self.codec = codec
        log = store.log
        statuses = store.statuses
        treeUnit = published.index.units.last.flatMap { $0.isTree ? $0.number : nil }
        events = try store.log.environment.beginRead()
    }

    // MARK: Events

    /// The event at a position; nil beyond `position`.
    ///
    /// Costs one lookup, one decompression and one decoding.
    /// - Throws: `HansardError` (`corruptEvent`) when it is damaged.
    public func event(at position: Position) throws -> RecordedEvent? {
        guard position > .zero, position <= self.position else { return nil }
        guard let event = try log.event(at: position, in: events, codec: codec) else {
            throw EventHeader.corrupt(position.rawValue, "is missing")
        }
        return event
    }

    /// The header of the event at a position that exists: no decompression.
    func header(at position: Position) throws -> EventHeader {
        try events.withValue(integerKey: position.rawValue, in: log.events) { stored in
            guard let stored else { throw EventHeader.corrupt(position.rawValue, "is missing") }
            return try EventHeader.decode(stored, position: position.rawValue).header
        }
    }

    /// Hands the events of a range of positions to `body`, in order, until the view's end.
    ///
    /// The view holds LMDB pages meanwhile: read at most some thousand events, then take a new
    /// view.
    public func forEachEvent(
        from first: Position, through last: Position, _ body: (RecordedEvent) throws -> Void
    ) throws {
        try log.forEachEvent(
            from: max(first, Position(1)), through: min(last, position), in: events, codec: codec,
            body)
    }

    /// Lends what stands before the event at a position that is there, and its payload.
    package func withPayload<Result>(
        at position: Position, _ body: (EventHeader, [UInt8]) throws -> Result
    ) throws -> Result {
        try events.withValue(integerKey: position.rawValue, in: log.events) { stored in
            guard let stored else { throw EventHeader.corrupt(position.rawValue, "is missing") }
            let (header, payload) = try codec.payload(stored, position: position.rawValue)
            return try body(header, payload)
        }
    }

    /// Hashes of the leaves of the log's tree at a range of positions.
    package func leafHashes(at positions: ClosedRange<UInt64>) throws -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        try log.forEachLeaf(
            from: Position(positions.lowerBound), through: Position(positions.upperBound),
            in: events, codec: codec
        ) { hashes.append($0.hash) }
        return hashes
    }

    /// The event that has `id` or claims it; nil when there is none.
    ///
    /// Its cost does not depend on how many events there are.
    public func event(withID id: Identifier) throws -> RecordedEvent? {
        var found: RecordedEvent?
        try core.forEachPosition(hash: log.hasher.hash(id)) { candidate in
            guard candidate <= position, let event = try event(at: candidate) else { return true }
            guard event.event.id == id || event.event.claims.contains(id) else { return true }
            found = event
            return false
        }
        return found
    }

    /// The state of a stream; nil when nothing was ever appended to it.
    public func stream(_ name: StreamName) throws -> StreamState? {
        try core.head(of: name).map { StreamState($0) }
    }

    /// The state of an event's stream. As `stream`, and usually without a search.
    public func stream(of event: RecordedEvent) throws -> StreamState? {
        try core.head(of: event.event.stream, hint: event.entity).map { StreamState($0) }
    }

    private var core: CoreView {
        CoreView(
            view: view(ofUnit: 0), hasher: log.hasher, filters: published.index.filters, group: nil)
    }

    // MARK: Tables

    /// A projection's table by its name.
    ///
    /// - Throws: `HansardError`: `unitStopped` when the unit that keeps it has stopped;
    ///   `rebuilding` while it is built for this program's version.
    public func table(_ name: String) throws(HansardError) -> TableReader {
        guard let place = published.index.tablesByName[name] else {
            if let error = statuses.error(forTable: name) { throw error }
            throw HansardError(.invalidArgument, "the store was opened without a table '\(name)'")
        }
        if let stop = published.units[place.unit].stop {
            throw stop.error
        }
        return TableReader(view: view(ofUnit: place.unit), table: place.table)
    }

    package func view(ofUnit unit: Int) -> UnitView {
        UnitView(
            overlays: [], tail: published.units[unit].tail, index: index,
            firstTable: index.firstTable(ofUnit: unit))
    }
}

/// The state of a stream at a view's position.
public struct StreamState: Sendable, Equatable {
    /// Position of the stream's first event.
    public let ordinal: Position
    /// The last event's revision and position.
    public let revision: Revision
    public let last: Position
    /// Position of the event that created what the stream is about; nil when that does not exist
    /// now.
    public let entity: Position?
    /// Position of the event that last ended it.
    public let endedAt: Position?

    init(_ head: StreamHead) {
        ordinal = head.ordinal
        revision = Revision(head.revision)
        last = head.last
        entity = head.entity
        endedAt = head.endedAt
    }
}

/// A table of a projection, at a view's position.
public struct TableReader {
    let view: UnitView
    let table: Int

    public func get(_ key: [UInt8]) throws -> [UInt8]? {
        try view.get(key.span, table: table)
    }

    /// Hands the entries of a range to `body` until it returns false. Costs a search, then a step
    /// for each.
    public func scan(
        _ range: KeyRange, _ direction: Direction = .forwards,
        _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) throws -> Bool
    ) throws {
        try view.scan(table: table, range, direction, body)
    }
}
