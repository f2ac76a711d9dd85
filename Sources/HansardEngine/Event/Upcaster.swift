public import HansardRecords

/// The parts of an event that an upcaster may change. Its id, stream, lifecycle and claims belong
/// to the log and stay.
public struct EventShape: Sendable {
    public var type: EventType
    public var data: Record
    public var metadata: Record
    /// Names of fields the store filled in. Add those a step fills in: they are left out when a
    /// retry is compared.
    public var filledFields: [String]
}

/// One step from a version of an event type's shape to the next: a pure function.
///
/// It depends on the event alone: no clock, no randomness, no input or output. A replay gives the
/// same for ever, so a step that was released is never changed; the next one corrects it.
public struct Upcaster: Sendable {
    let type: EventType
    let version: Int
    let others: [EventType: Int]
    let change: @Sendable (inout EventShape) throws -> Void

    /// A step from `version` of a type to `version + 1`, or to another type.
    ///
    /// - Parameters:
    ///   - others: the types an event may be read as instead, with the versions of their shapes. An
    ///     event keeps its place, so it is read as one event.
    ///   - change: runs whenever such an event is read, on the reader's thread. What it throws
    ///     stops the units that read the type at this event, and nothing else.
    public init(
        _ type: EventType, from version: Int, or others: [EventType: Int] = [:],
        _ change: @escaping @Sendable (inout EventShape) throws -> Void
    ) {
        self.type = type
        self.version = version
        self.others = others
        self.change = change
    }
}

/// The shapes of events that a program knows: the version it writes of each type, and the steps
/// that lead there from older ones.
///
/// A chain of steps has no gaps: opening a store or a log with one that has fails. Events of types
/// not named here are read as they are stored.
public struct Upcasters: Sendable {
    public var steps: [Upcaster]
    /// The version this program writes of types that have no steps. An event of a newer one is
    /// refused instead of misread.
    public var versions: [EventType: Int]

    public init(_ steps: [Upcaster] = [], versions: [EventType: Int] = [:]) {
        self.steps = steps
        self.versions = versions
    }

    /// Both sets. One of two versions of a type that differ is dropped only to be found as an error
    /// when the set is used.
    public func merging(_ other: Upcasters) -> Upcasters {
        Upcasters(
            steps + other.steps, versions: versions.merging(other.versions) { $0 == $1 ? $0 : 0 })
    }
}
