/// Keys from `lower`, included, to `upper`, excluded; an upper bound of nil is none.
public struct KeyRange: Sendable {
    public var lower: [UInt8]
    public var upper: [UInt8]?

    public init(from lower: [UInt8], to upper: [UInt8]?) {
        self.lower = lower
        self.upper = upper
    }

    /// All keys that begin with `prefix`.
    public init(prefix: [UInt8]) {
        lower = prefix
        upper = KeyRange.successor(ofPrefix: prefix)
    }

    /// The first key after all that begin with `prefix`; nil when there is none.
    public static func successor(ofPrefix prefix: [UInt8]) -> [UInt8]? {
        var key = prefix
        while let last = key.popLast() {
            if last < 0xFF {
                key.append(last + 1)
                return key
            }
        }
        return nil
    }
}

/// The order in which a range is read.
public enum Direction: Sendable {
    case forwards
    case backwards
}
