import HansardBindings
import HansardRecords

/// The one fold step: what an event makes of its stream, and what its place makes of it.
///
/// Append, catch-up, rebuild, restore and import derive an event's header, its core rows and its
/// leaf from this value, so they can't disagree. A pure function of the event, its place and the
/// stream before it.
package struct FoldStep {
    package let position: Position
    /// Microseconds since 1970-01-01T00:00:00Z; never before those of the event before.
    let recordedAt: Int64
    /// The raw clock.
    let clockAt: Int64
    package let revision: Revision
    /// The stream's event before this one.
    let previous: Position?
    /// The incarnation of the stream's thing that the event belongs to.
    package let entity: Position?
    /// The stream as the event leaves it.
    package let head: StreamHead

    /// - Parameter before: the stream as the events before leave it; nil when this is its first.
    package init(
        _ event: Event, at position: Position, recordedAt: Int64, clockAt: Int64,
        after before: StreamHead?
    ) {
        self.position = position
        self.recordedAt = recordedAt
        self.clockAt = clockAt
        previous = before?.last
        var head =
            before
            ?? StreamHead(
                name: event.stream, ordinal: position, revision: 0, last: position, entity: nil,
                endedAt: nil)
        if before != nil { head.revision += 1 }
        head.last = position
        revision = Revision(head.revision)
        switch event.lifecycle {
        case .continues: entity = head.entity
        case .begins:
            head.entity = position
            entity = position
        case .ends:
            // The ending event still belongs to what it ends.
            entity = head.entity
            head.entity = nil
            head.endedAt = position
        }
        self.head = head
    }

    /// The step of an event read from the log.
    init(of recorded: RecordedEvent, after before: StreamHead?) {
        self.init(
            recorded.event, at: recorded.position, recordedAt: recorded.recordedMicroseconds,
            clockAt: recorded.clockMicroseconds, after: before)
    }

    /// True if an event read from the log follows from the events before it.
    func agrees(with recorded: RecordedEvent) -> Bool {
        revision == recorded.revision && entity == recorded.entity
            && previous == recorded.previous
    }

    /// The header that the log stores before the event's payload.
    package func header(dictionary: UInt16, rawLength: Int) -> EventHeader {
        EventHeader(
            dictionary: dictionary, rawLength: rawLength, recordedAt: recordedAt,
            clockAt: clockAt, revision: revision.rawValue, previous: previous?.rawValue,
            entity: entity?.rawValue)
    }

    /// The event as readers see it.
    func recorded(_ event: Event) -> RecordedEvent {
        RecordedEvent(
            position: position, revision: revision, recordedMicroseconds: recordedAt,
            clockMicroseconds: clockAt, entity: entity, previous: previous, event: event)
    }

    /// The event's leaf; `payload` is the SHA-256 of its payload.
    package func leaf(payload: MerkleHash) -> EventLeaf {
        EventLeaf(
            position: position, recordedMicroseconds: recordedAt, revision: revision,
            payload: payload)
    }

    /// Writes the core's rows; each id it enters is handed to `noteID` too.
    func apply(
        _ hashes: EventHashes, to overlays: [OverlayTable], _ noteID: (UInt64) -> Void
    ) {
        put(hashes.id, overlays, noteID)
        for claim in hashes.claims { put(claim, overlays, noteID) }
        if head.ordinal == position { put(hashes.stream, overlays, noteID) }
        overlays[CoreTables.streams].set { row in
            let start = row.count
            OrderedInteger.append(head.ordinal.rawValue, to: &row)
            let keyLength = row.count - start
            head.append(to: &row)
            return keyLength
        }
    }

    private func put(_ hash: UInt64, _ overlays: [OverlayTable], _ noteID: (UInt64) -> Void) {
        overlays[CoreTables.ids].set { row in
            IDTable.appendKey(hash: hash, position: position, to: &row)
            return IDTable.keyBytes
        }
        noteID(hash)
    }
}
