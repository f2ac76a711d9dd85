/// A pure fold of events into rows of its own tables.
///
/// What a projection writes depends on the event and on its own tables alone: no clock, no
/// randomness, no input or output, and absolute values instead of increments. So a replay gives the
/// same rows whatever happened in between, and a flush may write a row twice.
public protocol Projection: Sendable {
    /// Names of its tables, unique in a store: `messages.by_session`.
    var tables: [String] { get }

    /// True if `fold` does anything with events of a type and lifecycle; if not, it is spared them,
    /// and one that can't be read does not stop it.
    /// Asked once for each kind; always true unless a projection says otherwise.
    func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool

    /// Applies one event. Called once for each position it handles, in order.
    ///
    /// An event of a type it does not know, or whose data is not what the type promises, is passed
    /// over. A thrown error stops the unit at this position until the projection is fixed; appends
    /// go on.
    func fold(_ event: RecordedEvent, into tables: FoldTables) throws
}

extension Projection {
    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool { true }
}

/// Projections that answer queries together: one durablePosition, one version, one state.
public struct ProjectionUnit: Sendable {
    /// Unique in a store; stored with the durablePosition.
    public let name: String
    /// Raised whenever a fold changes what it writes: the unit's tables are then built again.
    public let version: Int
    public let projections: [any Projection]

    public init(name: String, version: Int, projections: [any Projection]) {
        self.name = name
        self.version = version
        self.projections = projections
    }

    var tableNames: [String] { projections.flatMap(\.tables) }
}
