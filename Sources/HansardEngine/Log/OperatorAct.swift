import HansardRecords

/// An operator's act on the store itself, as the log records it in the streams `system/…`.
public enum OperatorAct: Sendable, Equatable {
    /// Another generation of the index went live. `through` is the last event it was built from;
    /// nil for one that was kept.
    case indexSwapped(
        generation: UInt64, previous: UInt64, cause: IndexSwapCause, through: Position?)
    case indexDropped(generation: UInt64, bytes: Int)
    /// Public keys, as `hansard key show` prints them. `previous` is nil when it was lost and
    /// vouches for nothing.
    case keyRotated(key: String, previous: String?)
    /// The log was signed though its latest checkpoint was gone; it ended at `head` then.
    case checkpointLost(head: Position)
    case dictionaryAdded(id: Int, bytes: Int)
    /// This log was made from a backup of another: events up to `position` are that one's.
    case logRestored(logID: String, from: String, position: Position, backupThrough: Position)
    /// This log was made from an export of another. Whether its tree is the other's was compared.
    case logImported(logID: String, from: String, position: Position, isSame: Bool)

    /// The reason a generation went live.
    public enum IndexSwapCause: String, Sendable {
        case rebuild, compact
        /// A kept generation was asked for.
        case use
        /// A program with other projections built what it needs.
        case changedUnits = "changed_units"
    }

    public static let swapped = EventType("index.swapped")
    public static let dropped = EventType("index.dropped")
    public static let rotated = EventType("key.rotated")
    public static let lost = EventType("checkpoint.lost")
    public static let added = EventType("dictionary.added")
    public static let restored = EventType("log.restored")
    public static let imported = EventType("log.imported")

    /// Reads the act an event records; nil for any other event.
    public init?(_ event: Event) {
        guard event.stream.category == "system" else { return nil }
        let data = event.data
        func number(_ name: String) -> UInt64? {
            data.integer(name).flatMap { UInt64(exactly: $0) }
        }
        func size(_ name: String) -> Int? { data.integer(name).flatMap { Int(exactly: $0) } }
        switch event.type {
        case Self.swapped:
            guard let generation = number("generation"), let previous = number("previous"),
                let cause = data.string("cause").flatMap(IndexSwapCause.init(rawValue:))
            else { return nil }
            self = .indexSwapped(
                generation: generation, previous: previous, cause: cause,
                through: number("through").map { Position($0) })
        case Self.dropped:
            guard let generation = number("generation"), let bytes = size("bytes") else {
                return nil
            }
            self = .indexDropped(generation: generation, bytes: bytes)
        case Self.rotated:
            guard let key = data.string("key") else { return nil }
            self = .keyRotated(key: key, previous: data.string("previous"))
        case Self.lost:
            guard let head = number("head") else { return nil }
            self = .checkpointLost(head: Position(head))
        case Self.added:
            guard let id = size("dictionary"), let bytes = size("bytes") else { return nil }
            self = .dictionaryAdded(id: id, bytes: bytes)
        case Self.restored:
            guard let logID = data.string("log_id"), let from = data.string("restored_from"),
                let position = number("position"), let through = number("backup_through")
            else { return nil }
            self = .logRestored(
                logID: logID, from: from, position: Position(position),
                backupThrough: Position(through))
        case Self.imported:
            guard let logID = data.string("log_id"), let from = data.string("imported_from"),
                let position = number("position"), let isSame = data.bool("same_tree")
            else { return nil }
            self = .logImported(
                logID: logID, from: from, position: Position(position), isSame: isSame)
        default: return nil
        }
    }

    /// The event that records it as done now, by `actor` or else by whom the settings name.
    package func event(by actor: String?, _ settings: StoreSettings) -> Event {
        event(by: actor ?? settings.actor, at: settings.clock())
    }

    /// The event that records it, with a fresh id.
    ///
    /// - Parameter time: when it was done, in microseconds since 1970-01-01T00:00:00Z; it may be
    ///   recorded later.
    package func event(by actor: String?, at time: Instant) -> Event {
        Event(
            type: type, stream: stream, actor: actor,
            data: fields.reduce(Record.empty) { $0.setting($1.0, to: $1.1) }
                .setting("at", to: .string(time.text(.zulu))))
    }

    private var type: EventType {
        switch self {
        case .indexSwapped: Self.swapped
        case .indexDropped: Self.dropped
        case .keyRotated: Self.rotated
        case .checkpointLost: Self.lost
        case .dictionaryAdded: Self.added
        case .logRestored: Self.restored
        case .logImported: Self.imported
        }
    }

    private var stream: StreamName {
        let id =
            switch self {
            case .indexSwapped, .indexDropped: Identifier(literal: "indexes")
            case .keyRotated, .checkpointLost: Identifier(literal: "keys")
            case .dictionaryAdded: Identifier(literal: "dictionaries")
            case .logRestored, .logImported: Identifier(literal: "restores")
            }
        return StreamName(knownCategory: "system", id: id)
    }

    private var fields: [(String, Value)] {
        func number(_ value: UInt64) -> Value { .integer(Int64(clamping: value)) }
        switch self {
        case .indexSwapped(let generation, let previous, let cause, let through):
            let fields: [(String, Value)] = [
                ("generation", number(generation)), ("previous", number(previous)),
                ("cause", .string(cause.rawValue)),
            ]
            return fields + (through.map { [("through", number($0.rawValue))] } ?? [])
        case .indexDropped(let generation, let bytes):
            return [("generation", number(generation)), ("bytes", .integer(Int64(bytes)))]
        case .keyRotated(let key, let previous):
            return [("key", .string(key)), ("previous", previous.map { .string($0) } ?? .null)]
        case .checkpointLost(let head): return [("head", number(head.rawValue))]
        case .dictionaryAdded(let id, let bytes):
            return [("dictionary", .integer(Int64(id))), ("bytes", .integer(Int64(bytes)))]
        case .logRestored(let logID, let from, let position, let through):
            return [
                ("log_id", .string(logID)), ("restored_from", .string(from)),
                ("position", number(position.rawValue)),
                ("backup_through", number(through.rawValue)),
            ]
        case .logImported(let logID, let from, let position, let isSame):
            return [
                ("log_id", .string(logID)), ("imported_from", .string(from)),
                ("position", number(position.rawValue)), ("same_tree", .bool(isSame)),
            ]
        }
    }
}
