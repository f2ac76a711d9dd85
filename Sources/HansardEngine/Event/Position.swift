/// The place of an event in the whole log: 1 for the first, without gaps.
///
/// Positions are assigned inside the commit and never change, not even by a restore.
public struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Before the first event; the head of an empty log.
    public static let zero = Position(0)

    /// Beyond every event.
    package static let max = Position(.max)

    public var next: Position { Position(rawValue + 1) }
    public var description: String { String(rawValue) }

    public static func < (left: Position, right: Position) -> Bool {
        left.rawValue < right.rawValue
    }
}
