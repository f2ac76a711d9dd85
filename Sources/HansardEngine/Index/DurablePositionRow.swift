import HansardBindings

/// A row of the table of durablePositions: a unit's version, how far it is folded, and, when it
/// stopped, where and why.
///
/// What follows the position is passed over by programs that don't know it.
struct DurablePositionRow {
    let version: UInt64
    let position: Position
    let stop: UnitStop?

    /// A reason may hold a whole event; what is cut off is found again by folding.
    private static let reasonBytesMax = 2_000

    init(version: UInt64, position: Position, stop: UnitStop?) {
        self.version = version
        self.position = position
        self.stop = stop
    }

    /// Nil when the bytes are no such row.
    init?(_ bytes: Span<UInt8>, of unit: String) {
        var offset = 0
        guard let version = Varint.read(bytes, at: &offset),
            let position = Varint.read(bytes, at: &offset)
        else { return nil }
        self.version = version
        self.position = Position(position)
        stop = Varint.read(bytes, at: &offset).map { stoppedAt in
            let reason = Bytes.array(bytes.extracting(offset..<bytes.count))
            return UnitStop(
                unit: unit, position: Position(stoppedAt),
                reason: String(decoding: reason, as: UTF8.self))
        }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(version, to: &bytes)
        Varint.append(position.rawValue, to: &bytes)
        guard let stop else { return bytes }
        Varint.append(stop.position.rawValue, to: &bytes)
        let reason = String(decoding: stop.reason.utf8.prefix(Self.reasonBytesMax), as: UTF8.self)
        return bytes + Array(reason.utf8)
    }
}
