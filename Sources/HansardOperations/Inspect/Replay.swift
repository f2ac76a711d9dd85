import HansardBindings
import HansardEngine

/// A row of a table, copied.
struct TableRow: Equatable {
    let key: [UInt8]
    let value: [UInt8]
}

/// A fold of the log from its first event into a scratch index, beside the live one.
final class Replay {
    let projector: Projector
    let index: Index
    private let flushEventsMax: Int
    /// The units the store served when the replay began.
    let units: [UnitDefinition]

    init(of store: Store, in directory: String) throws {
        units = store.index.units
        // What was signed can be compared though the index has no tree, or not yet.
        index = try Index(
            scratch: directory, units: UnitDefinition.withTree(units), logID: store.log.id)
        projector = try Projector(
            log: store.log, index: index,
            published: Publication(Published(empty: index)))
        flushEventsMax = 4 * store.settings.flushEventsMax
    }

    /// The last event folded.
    var end: Position { projector.core.foldedThrough }

    /// Folds on to `position`.
    ///
    /// - Throws: `HansardError` (`corruptEvent`) for the first event that is damaged or does not
    ///   follow.
    func advance(through position: Position) throws {
        try projector.catchUp(through: position) { projector in
            guard projector.tailEventsCount >= flushEventsMax else { return }
            try projector.flush()
        }
    }

    func rows(unit: Int, table: Int, from lower: [UInt8], to upper: [UInt8]?) throws -> [TableRow] {
        var rows: [TableRow] = []
        let view = projector.units[unit].view(over: try IndexReader(index))
        try view.scan(table: table, KeyRange(from: lower, to: upper), .forwards) { key, value in
            rows.append(TableRow(key: Bytes.array(key), value: Bytes.array(value)))
            return true
        }
        return rows
    }
}

extension ReadView {
    /// Rows of any unit's table, the core's too, from a key on.
    func rows(
        ofUnit unit: Int, table: Int, from lower: [UInt8], limit: Int
    ) throws -> [TableRow] {
        var rows = AscendingRows(from: lower)
        try view(ofUnit: unit).scan(
            table: table, KeyRange(from: lower, to: nil), .forwards
        ) { key, value in
            try rows.append(TableRow(key: Bytes.array(key), value: Bytes.array(value)))
            return rows.list.count < limit
        }
        return rows.list
    }
}

/// Rows as a table gives them, each after the one before.
///
/// A damaged page can lead back to one that was read already: a walk that trusted it would not end.
struct AscendingRows {
    private(set) var list: [TableRow] = []
    private let lower: [UInt8]

    /// The rows of a walk that began at this key.
    init(from lower: [UInt8]) { self.lower = lower }

    /// - Throws: `HansardError` (`corruptIndex`) for a row that is not after the last.
    mutating func append(_ row: TableRow) throws(HansardError) {
        let isBehind =
            list.last.map { $0.key.lexicographicallyPrecedes(row.key) }
            ?? !row.key.lexicographicallyPrecedes(lower)
        guard isBehind else {
            throw HansardError(
                .corruptIndex,
                "rows are out of order: the index is damaged",
                advice: .rebuild)
        }
        list.append(row)
    }
}
