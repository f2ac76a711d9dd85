public import Hansard
import Records

/// Writes the log back as JSON Lines, in its order.
public struct Exporter {
    private let store: Store
    private var line = MutationLine()

    /// Events read in one view: a view keeps pages from being used again, so it is left often.
    private static let viewEventsMax: UInt64 = 5_000

    public init(_ chat: Chat) { store = chat.store }

    /// Hands the lines of the events from `first` to `last` to `body`, a page at a time, until it
    /// returns false. Without `last`, up to the head as it is now.
    ///
    /// - Returns: how many events were handed over.
    /// - Throws: what `body` throws; `HansardError` for damage and for events of other domains.
    @discardableResult
    public mutating func run(
        from first: Position, through last: Position?,
        _ body: (_ lines: [UInt8], _ through: Position) throws -> Bool
    ) throws -> Int {
        let head = try store.read { $0.position }
        let last = min(last ?? head, head)
        var next = max(first, Position(1))
        var count = 0
        var lines: [UInt8] = []
        while next <= last {
            lines.removeAll(keepingCapacity: true)
            let end = min(Position(next.rawValue + Self.viewEventsMax - 1), last)
            try store.read { view in
                try view.forEachEvent(from: next, through: end) { try line.append($0, to: &lines) }
            }
            count += Int(end.rawValue - next.rawValue + 1)
            next = end.next
            if try !body(lines, end) { break }
        }
        return count
    }
}
