import HansardBindings

/// The kind of fact an event states, such as `message.created`: a stable name, never a Swift
/// type's.
public struct EventType: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String

    /// Any text of 1 to 64 bytes; the store checks it when an event is appended.
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ name: String) { self.rawValue = name }

    public var description: String { rawValue }

    /// Equal bytes. Lengths are compared first: each event is compared with many types.
    public static func == (a: EventType, b: EventType) -> Bool {
        guard a.rawValue.utf8.count == b.rawValue.utf8.count else { return false }
        return Bytes.equal(a.rawValue.utf8Span.span, b.rawValue.utf8Span.span)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    public static let bytesMax = 64
}
