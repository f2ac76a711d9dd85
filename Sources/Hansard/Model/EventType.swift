/// What kind of fact an event states, such as `message.created`: a stable name, never a Swift
/// type's.
public struct EventType: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String

    /// Any text of 1 to 64 bytes; the store checks it when an event is appended.
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ name: String) { self.rawValue = name }

    public var description: String { rawValue }

    static let bytesMax = 64
}
