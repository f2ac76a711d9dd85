import HansardBindings
import HansardRecords

/// How an event stands in its stream: what its header says besides the payload.
package struct StreamFacts {
    package let revision: UInt64
    package let previous: Position?
    package let entity: Position?
}

/// Applies events to the core's tables.
package enum CoreFold {
    /// What the event makes of its stream.
    package static func next(
        _ event: Event, at position: Position, after head: StreamHead?
    ) -> (head: StreamHead, facts: StreamFacts) {
        var next =
            head
            ?? StreamHead(
                name: event.stream, ordinal: position, revision: 0, last: position, entity: nil,
                endedAt: nil)
        let previous = head?.last
        if head != nil { next.revision += 1 }
        next.last = position
        var entity = next.entity
        switch event.lifecycle {
        case .continues: break
        case .begins:
            next.entity = position
            entity = position
        case .ends:
            // The ending event still belongs to what it ends.
            next.entity = nil
            next.endedAt = position
        }
        return (next, StreamFacts(revision: next.revision, previous: previous, entity: entity))
    }

    /// Writes the core's mutations for an event; each hash it enters is handed to `noteID` too.
    static func apply(
        _ hashes: EventHashes, at position: Position, head: StreamHead,
        to overlays: [OverlayTable], _ noteID: (UInt64) -> Void
    ) {
        put(hashes.id, position, overlays, noteID)
        for claim in hashes.claims { put(claim, position, overlays, noteID) }
        if head.ordinal == position { put(hashes.stream, position, overlays, noteID) }
        overlays[CoreTables.streams].set { row in
            let start = row.count
            OrderedInteger.append(head.ordinal.rawValue, to: &row)
            let keyLength = row.count - start
            head.append(to: &row)
            return keyLength
        }
    }

    private static func put(
        _ hash: UInt64, _ position: Position, _ overlays: [OverlayTable],
        _ noteID: (UInt64) -> Void
    ) {
        overlays[CoreTables.ids].set { row in
            IDTable.appendKey(hash: hash, position: position, to: &row)
            return IDTable.keyBytes
        }
        noteID(hash)
    }
}
