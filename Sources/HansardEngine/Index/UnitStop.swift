/// Where and why a unit stopped.
public struct UnitStop: Sendable, Equatable {
    public let unit: String
    /// The event it could not fold.
    public let position: Position
    public let reason: String
}
