/// One generation of a store's index.
public struct IndexGeneration: Sendable {
    /// The durable position of a unit.
    public struct Unit: Sendable {
        public let name: String
        public let version: Int
        /// The last event folded durably.
        public let durablePosition: Position
        /// The event at which it stopped, and the reason, as the program that keeps it noted; nil
        /// when it goes on, or that program is of a version that noted nothing.
        public let stop: UnitStop?
    }

    public let number: UInt64
    public let isLive: Bool
    /// True if some process has it open; true when that can't be found out.
    public let isOpen: Bool
    /// Size of its file.
    public let bytes: Int
    /// Nil when it can't be read.
    public let units: [Unit]?
}
