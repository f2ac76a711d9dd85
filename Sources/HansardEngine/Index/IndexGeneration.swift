/// One generation of a store's index.
public struct IndexGeneration: Sendable {
    /// What a unit's durablePosition says.
    public struct Unit: Sendable {
        public let name: String
        public let version: Int
        /// The last event folded durably.
        public let durablePosition: Position
        /// Where and why it stopped, as the program that keeps it noted; nil when it goes on, or
        /// that program is of a version that noted nothing.
        public let stop: UnitStop?
    }

    public let number: UInt64
    public let isLive: Bool
    /// Whether some process has it open; true when that can't be told.
    public let isOpen: Bool
    /// Size of its file.
    public let bytes: Int
    /// Nil when it can't be read.
    public let units: [Unit]?
}
