import HansardBindings
import HansardRecords
import Synchronization

/// Folds the log into the units' tails. One thread at a time, under the store's fold lock.
///
/// Two doors lead here: the writer, for what it commits, and `catchUp`, for what other processes
/// did.
package final class Projector {
    package let log: Log
    /// The generation of the index everything here is folded on. Another one has a projector of
    /// its own, which then takes this one's place.
    let index: Index
    /// The generation the log named when it was last looked at.
    private(set) var liveGeneration: UInt64
    package private(set) var units: [UnitState]
    /// Ids of events folded since the last seal.
    var group = GroupIDs()
    /// Streams met lately, as of the last event folded.
    ///
    /// By the hash of the name; of two names with one hash the latest is kept.
    private var heads: [UInt64: StreamHead] = [:]
    /// The tree's right edge at the last event folded into it.
    var treeEdge = CompactRange()
    private var published: Publication
    private var routes: Routes
    /// The last event handed to the projections since the last seal.
    private var projectedThrough: Position?
    /// Filters over all ids; nil until this process has looked up enough of them to be worth it.
    private var known: KnownIDs?
    private var lookupsCount = 0
    /// Lookups after which building the filters, some 20 ms, pays.
    var lookupsBeforeFilters = 2_000

    private static let headsMax = 32_768
    /// Events folded in one read transaction.
    private static let chunkEventsMax = 4_096

    package init(log: Log, index: Index, published: Publication) throws {
        self.log = log
        self.index = index
        self.published = published
        routes = Routes(index.units)
        liveGeneration = index.generation
        let durablePositions = try index.environment.read { try index.readDurablePositions(in: $0) }
        units = zip(index.units, durablePositions.positions).map {
            UnitState($0, durablePosition: $1)
        }
    }

    package var core: UnitState { units[0] }

    /// Takes the place of a projector on another generation of the index: publishes where it did,
    /// and goes on with what it knew of the log, which no index has a part in.
    func takeOver(from old: Projector, publishingTo publication: Publication) {
        if old.core.foldedThrough == core.foldedThrough {
            (known, heads) = (old.known, old.heads)
            // Held by two, they would be copied at the first change.
            (old.known, old.heads) = (nil, [:])
        }
        lookupsBeforeFilters = old.lookupsBeforeFilters
        let current = published.current
        published = publication
        published.set(current)
    }

    /// Looks which generation is live when folding fails, perhaps because of the index: another one
    /// may be the way out.
    func noticeDespiteFailure() throws {
        try log.environment.read { try notice($0) }
        publish(logTransaction: published.current.logTransaction)
    }

    // MARK: Catching up

    /// Folds what is in the log and not in the tails, and publishes it.
    ///
    /// - Parameter onFull: called between chunks when the tail has outgrown its bound; flushes it.
    package func catchUp(
        through limit: Position = .max, onFull: (Projector) throws -> Void
    ) throws {
        while try !foldChunk(through: limit) { try onFull(self) }
    }

    /// Folds one chunk; true when the log's head was reached.
    private func foldChunk(through limit: Position) throws -> Bool {
        let reader = try IndexReader(index)
        align(with: reader.durablePositions)
        return try log.codecs.with { codec in
            try log.environment.read { transaction in
                try notice(transaction)
                let head = min(limit, try log.head(in: transaction))
                try checkNotRolledBack(head, reader.durablePositions)
                let first = earliestEnd.next
                let last = min(head, Position(earliestEnd.rawValue + UInt64(Self.chunkEventsMax)))
                do {
                    try fold(first, last, in: transaction, codec: codec, over: reader)
                } catch {
                    discard()
                    throw error
                }
                seal()
                let isAtHead = last >= head
                publish(logTransaction: isAtHead ? transaction.transactionID : nil)
                return isAtHead
            }
        }
    }

    /// Looks at what else the log says besides events: which index is live, which dictionary is
    /// the newest.
    func notice(_ transaction: borrowing some Reading & ~Copyable) throws {
        liveGeneration = try log.generation(in: transaction)
        try log.dictionaries.renew(in: transaction)
    }

    /// The last event that every unit still following has folded.
    var earliestEnd: Position {
        units.filter { $0.stop == nil }.map(\.foldedThrough).min() ?? core.foldedThrough
    }

    /// Lets go of what the index holds, and jumps over what another process folded for us.
    func align(with durablePositions: DurablePositions) {
        for unit in units where unit.stop == nil {
            let durablePosition = durablePositions.positions[unit.definition.number]
            if durablePosition > unit.foldedThrough {
                unit.restart(from: durablePosition)
                heads.removeAll(keepingCapacity: true)
                known = nil
            } else {
                unit.drop(through: min(durablePosition, unit.tail.end))
            }
        }
    }

    private func checkNotRolledBack(
        _ head: Position, _ durablePositions: DurablePositions
    ) throws(HansardError) {
        if let furthest = durablePositions.positions.max(), furthest > head {
            throw .rolledBack(head, "the index has seen", furthest)
        }
    }

    // MARK: Folding

    /// Folds a range of the log's events into every unit that has not had them.
    func fold(
        _ first: Position, _ last: Position, in transaction: borrowing some Reading & ~Copyable,
        codec: EventCodec, over reader: IndexReader
    ) throws {
        try readTreeEdge(in: transaction, codec: codec, over: reader)
        try log.scanDecoded(
            from: first, through: last, leavesAfter: leavesNeededAfter, in: transaction,
            codec: codec
        ) { event in
            if core.foldedThrough < event.recorded.position { try foldCore(event, over: reader) }
            try foldProjections(event.recorded, over: reader)
            if let leaf = event.leaf { foldTree(leaf, at: event.recorded.position) }
            return true
        }
    }

    /// Folds an event read from the log into the core alone.
    func foldCore(_ event: DecodedEvent, over reader: IndexReader) throws {
        // A local of `event.recorded` would retain all it refers to: a rebuild would be slower by
        // a fifth.
        let before = try head(
            of: event.recorded.event.stream, hash: event.hashes.stream, over: reader)
        let step = FoldStep(of: event.recorded, after: before)
        guard step.agrees(with: event.recorded) else {
            throw HansardError(
                .corruptEvent,
                "event \(event.recorded.position) does not follow from the events before it as "
                    + "the index knows them: the index is of an older copy of the log, or the "
                    + "log is damaged",
                advice: .verify, position: event.recorded.position)
        }
        applyCore(step, event.hashes)
    }

    /// Gives an accepted event its place after the last one, for the writer, which is to call
    /// `applyCore` once the event is written.
    func place(
        _ event: Event, _ hashes: EventHashes, at clock: RecordingClock, over reader: IndexReader
    ) throws -> FoldStep {
        FoldStep(
            event, at: core.foldedThrough.next, recordedAt: clock.recordedAt,
            clockAt: clock.clockAt,
            after: try head(of: event.stream, hash: hashes.stream, over: reader))
    }

    /// Writes the core's rows for an event whose place in its stream is known.
    func applyCore(_ step: FoldStep, _ hashes: EventHashes) {
        let position = step.position
        step.apply(hashes, to: core.overlays) { hash in
            group.add(hash, position)
            known?.insert(hash, at: position)
        }
        core.advance(to: position)
        if heads.count >= Self.headsMax { heads.removeAll(keepingCapacity: true) }
        heads[hashes.stream] = step.head
    }

    /// Hands the event to the projections. One that fails stops its unit and nothing else.
    func foldProjections(_ recorded: RecordedEvent, over reader: IndexReader) throws {
        if let fault = recorded.fault { stopUnits(for: fault, at: recorded) }
        for stop in recorded.fault == nil ? routes.stops(of: recorded.event) : [] {
            let unit = units[stop.unit]
            guard unit.stop == nil, unit.foldedThrough < recorded.position else { continue }
            let group = unit.foldGroup(over: reader)
            do {
                for (projection, offset) in stop.projections {
                    try projection.fold(recorded, into: FoldTables(group: group, offset: offset))
                }
            } catch let error as LMDBError {
                throw error
            } catch {
                unit.stop(at: recorded.position, because: "\(error)")
            }
        }
        projectedThrough = recorded.position
    }

    /// Notes how far all units got that follow, whether events concerned them or not.
    private func advanceProjections() {
        guard let end = projectedThrough else { return }
        for unit in units.dropFirst()
        where unit.stop == nil && unit.foldedThrough < end && !unit.definition.isTree {
            unit.advance(to: end)
        }
        projectedThrough = nil
    }

    /// Stops the units that would have to read an event that can't be read.
    private func stopUnits(for fault: EventFault, at recorded: RecordedEvent) {
        var event = recorded.event
        for type in fault.types {
            event.type = type
            for stop in routes.stops(of: event) {
                let unit = units[stop.unit]
                guard unit.stop == nil, unit.foldedThrough < recorded.position else { continue }
                unit.stop(at: recorded.position, because: "\(fault.error)")
            }
        }
    }

    /// Positions of events that may hold or claim an id; usually none, at once.
    func candidates(hash: UInt64, over reader: IndexReader) throws -> [Position] {
        if try isCertainlyNew(hash, over: reader) { return [] }
        var candidates: [Position] = []
        try coreView(over: reader).forEachPosition(hash: hash) {
            candidates.append($0)
            return true
        }
        return candidates
    }

    private func isCertainlyNew(_ hash: UInt64, over reader: IndexReader) throws -> Bool {
        if known == nil {
            lookupsCount += 1
            if lookupsCount < lookupsBeforeFilters { return false }
            lookupsCount = 0
            known = try KnownIDs(core: coreView(over: reader), through: core.foldedThrough.next)
        }
        return known?.mayContain(hash) == false
    }

    /// The head of a stream at the last event folded; `hash` is that of its name.
    func head(
        of stream: StreamName, hash: UInt64, over reader: IndexReader
    ) throws -> StreamHead? {
        if let known = heads[hash], known.name == stream { return known }
        if try isCertainlyNew(hash, over: reader) { return nil }
        let head = try coreView(over: reader).head(of: stream)
        if let head { heads[hash] = head }
        return head
    }

    func coreView(over reader: IndexReader) -> CoreView {
        CoreView(
            view: core.view(over: reader), hasher: log.hasher, filters: index.filters, group: group)
    }

    // MARK: Sealing and publishing

    func seal() {
        sealProjections()
        sealCore()
    }

    func sealProjections() {
        advanceProjections()
        for unit in units.dropFirst() { unit.seal() }
    }

    func sealCore() {
        core.seal()
        group.removeAll()
    }

    /// Forgets all that was folded since the last seal.
    func discard() {
        projectedThrough = nil
        for unit in units { unit.discard() }
        group.removeAll()
        heads.removeAll(keepingCapacity: true)
        treeEdge = CompactRange()
    }

    /// Makes the tails visible to reads. `logTransaction` nil means: not at the log's head yet.
    func publish(logTransaction: UInt64?) {
        let units = units.map { Published.Unit(tail: $0.tail, stop: $0.stop) }
        published.set(
            Published(
                index: index, units: units, logTransaction: logTransaction ?? 0,
                liveGeneration: liveGeneration))
    }

    /// Lets go of what a flush wrote.
    func drop(through durablePositions: DurablePositions) {
        for unit in units where unit.stop == nil {
            let durablePosition = durablePositions.positions[unit.definition.number]
            unit.drop(through: min(durablePosition, unit.tail.end))
        }
        publish(logTransaction: published.current.logTransaction)
    }

    package var tailEventsCount: Int { units.map(\.tail.eventsCount).max() ?? 0 }
    var tailBytesCount: Int { units.reduce(0) { $0 + $1.tail.bytesCount } }
}

/// The latest published tails, for any thread.
package final class Publication: Sendable {
    private let value: Mutex<Published>
    let watch = LogWatch()

    package init(_ initial: Published) { value = Mutex(initial) }

    var current: Published { value.withLock { $0 } }

    func set(_ new: Published) {
        value.withLock { $0 = new }
        watch.published(new.logTransaction)
    }
}
