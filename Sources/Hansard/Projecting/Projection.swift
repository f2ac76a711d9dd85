/// A pure fold of events into rows of its own tables.
///
/// What a projection writes depends on the event and on its own tables alone: no clock, no
/// randomness, no input or output, and absolute values instead of increments. So a replay gives the
/// same rows whatever happened in between, and a flush may write a row twice.
public protocol Projection: Sendable {
    /// Names of its tables, unique in a store: `messages.by_session`.
    var tables: [String] { get }

    /// The types of the events it reads, in their current shapes; nil, the default, for all. Events
    /// of other types are not handed to it, and one that can't be read does not stop it.
    var types: Set<EventType>? { get }

    /// Applies one event. Called once for each position, in order.
    ///
    /// An event of a type it does not know, or whose data is not what the type promises, is passed
    /// over. A thrown error stops the unit at this position until the projection is fixed; appends
    /// go on.
    func fold(_ event: RecordedEvent, into tables: FoldTables) throws
}

extension Projection {
    public var types: Set<EventType>? { nil }

    /// Whether an event is to be folded.
    ///
    /// - Throws: why it can't be read, when it might be one of those this projection reads.
    func isConcerned(by recorded: RecordedEvent) throws -> Bool {
        let types = types
        guard let fault = recorded.fault else {
            return types?.contains(recorded.event.type) ?? true
        }
        if let types, types.isDisjoint(with: fault.types) { return false }
        throw fault.error
    }
}

/// Projections that answer queries together: one checkpoint, one version, one state.
public struct ProjectionUnit: Sendable {
    /// Unique in a store; stored with the checkpoint.
    public let name: String
    /// Raised whenever a fold changes what it writes: the unit's tables are then built anew.
    public let version: Int
    public let projections: [any Projection]

    public init(name: String, version: Int, projections: [any Projection]) {
        self.name = name
        self.version = version
        self.projections = projections
    }

    var tableNames: [String] { projections.flatMap(\.tables) }
}
