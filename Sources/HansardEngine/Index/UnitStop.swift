/// The event at which a unit stopped, and the reason.
public struct UnitStop: Sendable, Equatable {
    public let unit: String
    /// The event it could not fold.
    public let position: Position
    public let reason: String
}

extension UnitStop {
    /// The stop as what a read of the unit's tables fails with.
    package var error: HansardError {
        HansardError(
            .unitStopped, "'\(unit)' stopped at event \(position): \(reason)",
            advice: .fixProjection, position: position)
    }
}
