import HansardEngine

/// A segment's file name, which says what it holds: `000000000001-000000081234.segment`, and
/// `000000081235.open` for the one that is being written.
struct SegmentName: Hashable, Comparable, Sendable {
    let first: Position
    /// Nil for the open segment.
    let last: Position?

    static let sealedSuffix = ".segment"
    static let openSuffix = ".open"

    init(first: Position, last: Position?) { (self.first, self.last) = (first, last) }

    /// Nil for a file that is none.
    init?(_ text: String) {
        let isOpen = text.hasSuffix(Self.openSuffix)
        let suffix = isOpen ? Self.openSuffix : Self.sealedSuffix
        guard text.hasSuffix(suffix) else { return nil }
        let parts = text.dropLast(suffix.utf8.count).split(
            separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ UInt64($0) }), first > 0,
            first <= IDTable.positionMax, parts.count == (isOpen ? 1 : 2)
        else { return nil }
        self.first = Position(first)
        if isOpen {
            last = nil
        } else {
            guard let end = UInt64(parts[1]), end >= first, end <= IDTable.positionMax else {
                return nil
            }
            last = Position(end)
        }
        if self.text != text { return nil }
    }

    var text: String {
        let begin = Self.padded(first)
        return last.map { "\(begin)-\(Self.padded($0))\(Self.sealedSuffix)" }
            ?? begin + Self.openSuffix
    }

    static func padded(_ position: Position) -> String {
        let digits = "\(position.rawValue)"
        return String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
    }

    static func < (a: SegmentName, b: SegmentName) -> Bool {
        (a.first, a.last ?? .max) < (b.first, b.last ?? .max)
    }
}
