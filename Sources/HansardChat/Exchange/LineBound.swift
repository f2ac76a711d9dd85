/// Tells when the beginning of a line holds more than a record can, however it is packed.
struct LineBound {
    let recordBytesMax: Int
    private var lookedAt = 0
    /// Bytes of JSON that packing may spare, at most.
    private var spared = 0

    init(recordBytesMax: Int) { self.recordBytesMax = recordBytesMax }

    /// The bytes a line may hold besides the record.
    private static let fieldsBytesMax = 64 << 10

    /// True if the record can't be smaller than what is allowed. Looks at new bytes only.
    ///
    /// JSON takes at most six bytes for one that is packed: for one of a text as in `\u0000`, and
    /// for `false,`. A double takes fifteen more than it needs.
    mutating func isExceeded(by line: [UInt8]) -> Bool {
        let bytes = line.span
        if bytes.count <= 2 * recordBytesMax { return false }
        for index in lookedAt..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): spared += 5
            case UInt8(ascii: ","): spared += 16
            default: break
            }
        }
        lookedAt = bytes.count
        return bytes.count - spared > recordBytesMax + Self.fieldsBytesMax
            || bytes.count > 6 * recordBytesMax + Self.fieldsBytesMax
    }
}
