/// Which projections an event goes to, by its type and lifecycle.
///
/// Most events concern few of them: a projection is asked once for each kind of event whether it
/// handles it, and passed over from then on.
struct Routes {
    /// The projections of one unit that handle a kind of event.
    struct Stop {
        /// Number of the unit.
        let unit: Int
        /// Each with the number of its first table within the unit.
        let projections: [(projection: any Projection, offset: Int)]
    }

    private struct Kind: Hashable {
        let type: EventType
        let lifecycle: Lifecycle
    }

    private let units: [UnitDefinition]
    private var known: [Kind: [Stop]] = [:]
    /// Events of a kind come in rows.
    private var last: (kind: Kind, stops: [Stop])?

    /// Callers name types as they like; the memory for them is bounded.
    private static let kindsMax = 512

    init(_ units: [UnitDefinition]) { self.units = units }

    mutating func stops(of event: Event) -> [Stop] {
        let kind = Kind(type: event.type, lifecycle: event.lifecycle)
        if let last, last.kind == kind { return last.stops }
        let stops = known[kind] ?? ask(kind)
        last = (kind, stops)
        return stops
    }

    private mutating func ask(_ kind: Kind) -> [Stop] {
        if known.count >= Self.kindsMax { known.removeAll() }
        let stops = units.compactMap { unit -> Stop? in
            var offset = 0
            var projections: [(projection: any Projection, offset: Int)] = []
            for projection in unit.projections {
                if projection.handles(kind.type, kind.lifecycle) {
                    projections.append((projection, offset))
                }
                offset += projection.tables.count
            }
            return projections.isEmpty
                ? nil : Stop(unit: unit.number, projections: projections)
        }
        known[kind] = stops
        return stops
    }
}
