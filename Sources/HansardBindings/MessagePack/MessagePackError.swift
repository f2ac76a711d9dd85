/// The reason a run of bytes is not the MessagePack this project writes, and where reading stopped.
public struct MessagePackError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The fault.
    public enum Reason: String, Sendable {
        /// A value, a length or a count reaches past the end of the bytes.
        case truncated = "the bytes end inside a value"
        /// A map or array claims more items than bytes are left.
        case countTooLarge = "a map or array claims more items than bytes are left"
        /// A format never written here: bin, float 32, or the byte 0xc1 the specification reserves.
        case unsupportedFormat = "a format that is never written: bin, float 32 or 0xc1"
        /// Containers nested deeper than the limit.
        case tooDeep = "maps and arrays are nested too deeply"
    }

    public let reason: Reason
    /// Offset in bytes, from the beginning of the span, of the value that could not be read.
    public let byteOffset: Int

    /// An error for the value that begins at `byteOffset`.
    public init(_ reason: Reason, at byteOffset: Int) {
        self.reason = reason
        self.byteOffset = byteOffset
    }

    public var description: String { "MessagePack: \(reason.rawValue) (at byte \(byteOffset))" }
}
