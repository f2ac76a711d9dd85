import HansardRecords

/// Reads the events that pass a filter, a page at a time, oldest or newest first.
///
/// Each page is read in a view of its own, so that a long scan keeps no pages of LMDB's and no
/// memory. A whole stream is read along its chain of `previous`, at a cost that follows the stream
/// (oldest first, 8 bytes of memory for each of its events); everything else reads the log from one
/// end of the range to the other. Times of the filter become positions at once. What is appended
/// after the first page is left out. For one thread at a time.
public struct EventScan {
    private let store: Store
    private let filter: EventFilter
    private let direction: Direction
    private var range: Range?
    private var order: Order?
    /// True if everything was read.
    public private(set) var isAtEnd = false

    /// Positions still to look at, both included.
    private struct Range {
        var first: Position
        var last: Position
    }

    /// In which order positions are looked at.
    private enum Order {
        /// All of the range.
        case log
        /// A stream, newest first: the next event of it.
        case chain(Position?)
        /// A stream, oldest first, while `gathered` is filled: the next event to add.
        case gathering(Position?)
        /// A stream, oldest first: `gathered` from its end.
        case gathered
    }

    /// The positions of a stream within the range, newest first.
    private var gathered: [Position] = []

    /// Most events in a page, headers looked at for one, and bytes of data after which it ends.
    private static let eventsMax = 500
    private static let looksMax = 2_000
    private static let bytesMax = 4 << 20

    /// A scan of a store; nothing is read yet.
    public init(_ store: Store, matching filter: EventFilter, _ direction: Direction = .forwards) {
        self.store = store
        self.filter = filter
        self.direction = direction
    }

    /// The next events; none when only events were met that do not match. Ask until `isAtEnd`.
    ///
    /// - Parameter body: gives what is to become of each event, with the view it was read in.
    /// - Throws: what `body` throws; `HansardError` (`corruptEvent`) at the first damaged event,
    ///   after a page with those before it.
    public mutating func next<Element>(
        limit: Int = .max, _ body: (RecordedEvent, ReadView) throws -> Element
    ) throws -> [Element] {
        if isAtEnd { return [] }
        return try store.read { view in
            var page = Page<Element>(limit: min(limit, Self.eventsMax))
            try begin(in: view)
            do { try fill(&page, in: view, body) } catch {
                // What is sound before it is handed out first; the next page begins with the fault.
                if page.elements.isEmpty { throw error }
            }
            return page.elements
        }
    }

    private struct Page<Element> {
        let limit: Int
        var elements: [Element] = []
        var looks = 0
        var bytes = 0

        var isFull: Bool {
            elements.count >= limit || looks >= EventScan.looksMax || bytes >= EventScan.bytesMax
        }
    }

    private mutating func begin(in view: ReadView) throws {
        if range != nil { return }
        var last = min(filter.through ?? view.position, view.position)
        if let until = filter.until { last = min(last, try view.position(at: until)) }
        var first = min(filter.after, view.position).next
        if let since = filter.since?.microsecondsSinceUnixEpoch, since > .min {
            let before = Instant(microsecondsSinceUnixEpoch: since - 1)
            first = max(first, try view.position(at: before).next)
        }
        range = Range(first: first, last: last)
        guard let stream = filter.stream else {
            order = .log
            return
        }
        let newest = try view.stream(stream)?.last
        order = direction == .backwards ? .chain(newest) : .gathering(newest)
    }

    private mutating func fill<Element>(
        _ page: inout Page<Element>, in view: ReadView,
        _ body: (RecordedEvent, ReadView) throws -> Element
    ) throws {
        while !page.isFull, let position = try nextPosition(in: view, looks: &page.looks) {
            page.looks += 1
            guard let event = try view.event(at: position) else { break }
            if filter.matches(event) {
                page.elements.append(try body(event, view))
                page.bytes += event.event.data.bytes.count + event.event.metadata.bytes.count
            }
            moveOn(from: event)
        }
    }

    /// The position to look at next. Sets `isAtEnd` when there is none; nil also when the page's
    /// looks are used up on the way to it.
    private mutating func nextPosition(in view: ReadView, looks: inout Int) throws -> Position? {
        do { return try ordered(in: view, looks: &looks) } catch let error as HansardError
            where error.code == .corruptEvent
        {
            // A stream's chain ends at a damaged event, though it has more on the other side. In
            // the log's order what is before the fault in the reading's direction is found too.
            order = .log
            return try ordered(in: view, looks: &looks)
        }
    }

    private mutating func ordered(in view: ReadView, looks: inout Int) throws -> Position? {
        guard let range, let order else { return nil }
        var found: Position?
        switch order {
        case .log:
            if range.first <= range.last {
                found = direction == .forwards ? range.first : range.last
            }
        case .chain(var next):
            found = try Self.skip(to: range, from: &next, in: view, &looks)
            self.order = .chain(next)
            if found == nil, next != nil { return nil }
        case .gathering(var next):
            while let position = try Self.skip(to: range, from: &next, in: view, &looks) {
                next = try view.header(at: position).previous.map { Position($0) }
                looks += 1
                gathered.append(position)
                self.order = .gathering(next)
            }
            self.order = next == nil ? .gathered : .gathering(next)
            if next != nil { return nil }
            found = gathered.last
        case .gathered: found = gathered.last
        }
        if found == nil { isAtEnd = true }
        return found
    }

    /// The next position of a stream within the range, newest first; nil when there is none, with
    /// `next` nil too, or when the looks are used up.
    private static func skip(
        to range: Range, from next: inout Position?, in view: ReadView, _ looks: inout Int
    ) throws -> Position? {
        while let position = next, looks < looksMax {
            if position < range.first {
                next = nil
                break
            }
            if position <= range.last { return position }
            next = try view.header(at: position).previous.map { Position($0) }
            looks += 1
        }
        return nil
    }

    private mutating func moveOn(from event: RecordedEvent) {
        switch order {
        case .log:
            if direction == .forwards {
                range?.first = event.position.next
            } else {
                range?.last = Position(event.position.rawValue - 1)
            }
        case .chain: order = .chain(event.previous)
        case .gathered: gathered.removeLast()
        case .gathering, nil: break
        }
    }
}
