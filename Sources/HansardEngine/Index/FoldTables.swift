import HansardBindings

/// A projection's own tables while an event is folded: what the events before it left, and what
/// this one changes.
///
/// Tables are numbered in the order of `Projection.tables`. Valid during `fold` only.
public struct FoldTables {
    let group: FoldGroup
    /// Number of the projection's first table within its unit.
    let offset: Int

    /// The value of a key, or nil.
    public func get(_ key: [UInt8], table: Int = 0) throws -> [UInt8]? {
        try group.view.get(key.span, table: offset + table)
    }

    /// - Throws: `HansardError` (`projectionFailed`) when the key has not 1 to 511 bytes.
    public func put(
        _ value: [UInt8], for key: [UInt8], table: Int = 0
    ) throws(HansardError) {
        guard Layout.isKey(key.span) else {
            throw HansardError(
                .projectionFailed,
                "a key of \(key.count) bytes can't be stored, because keys have 1 to \(Layout.keyBytesMax)"
            )
        }
        group.view.overlays[offset + table].set(key.span, to: value.span)
    }

    public func delete(_ key: [UInt8], table: Int = 0) {
        // No such key can be there.
        guard Layout.isKey(key.span) else { return }
        group.view.overlays[offset + table].delete(key.span)
    }

    /// Hands the entries of a range to `body` until it returns false. Within a large group of
    /// events this sorts what the group wrote so far: prefer `get` where a key is known.
    public func scan(
        _ range: KeyRange, _ direction: Direction = .forwards, table: Int = 0,
        _ body: (_ key: [UInt8], _ value: [UInt8]) throws -> Bool
    ) throws {
        try group.view.scan(table: offset + table, range, direction) { key, value in
            try body(Bytes.array(key), Bytes.array(value))
        }
    }
}

/// A unit's tables while the events of one group are folded. Shared by its projections: handing a
/// reference on at each event costs less than handing on what it refers to.
final class FoldGroup {
    let view: UnitView

    init(_ view: UnitView) { self.view = view }
}
