public import Hansard
import HansardProjections
import HansardRecords

/// Writes the log back as JSON Lines, in its order.
public struct Exporter {
    private let log: LogReader
    private var line = MutationLine()
    /// Events of other domains than the chat's that had no line.
    public private(set) var leftOutCount = 0
    /// The first event of the log that could not be read, when no index tells what it redacted: if
    /// it did, that is written.
    public private(set) var unreadable: Position?
    private let redactedMessages: () -> [Position: Position]?

    /// Events read in one view: a view keeps pages from being used again, so it is left often.
    private static let viewEventsMax: UInt64 = 5_000
    /// Bytes of lines after which no more events are read: one may take megabytes.
    private static let viewBytesMax = 4 << 20

    public init(_ chat: Chat) {
        self.init(LogReader(chat.store)) { try? chat.read { try $0.redactedMessages() } }
    }

    /// Exports a log whose index is not needed.
    ///
    /// - Parameter redactedMessages: asked when an event can't be read, which may have redacted a
    ///   message: what `ReadView.redactedMessages` answers; nil when there is no index to ask.
    public init(
        _ log: LogReader, redactedMessages: @escaping () -> [Position: Position]? = { nil }
    ) {
        self.log = log
        self.redactedMessages = redactedMessages
    }

    /// Hands the lines of the events from `first` to `last` to `body`, a page at a time, until it
    /// returns false. Without `last`, up to the head as it is now.
    ///
    /// - Parameter isCancelled: asked while nothing is handed over yet: the log is looked through
    ///   for what must not be shown first.
    /// - Returns: how many events were handed over.
    /// - Throws: what `body` throws; `HansardError`: `cancelled`, and for damage.
    @discardableResult
    public mutating func run(
        from first: Position, through last: Position?, isCancelled: () -> Bool = { false },
        _ body: (_ lines: [UInt8], _ through: Position) throws -> Bool
    ) throws -> Int {
        let head = try log.head()
        let last = min(last ?? head, head)
        var next = max(first, Position(1))
        let (redactions, trims) = try lookAhead(through: head, isCancelled)
        var count = 0
        var lines: [UInt8] = []
        while next <= last {
            lines.removeAll(keepingCapacity: true)
            let end = min(Position(next.rawValue + Self.viewEventsMax - 1), last)
            var failure: (any Error)?
            do {
                try log.scanEvents(from: next, through: end) {
                    let isWritten = try append($0, redactions, trims, to: &lines)
                    next = $0.position.next
                    if isWritten { count += 1 } else { leftOutCount += 1 }
                    return lines.count < Self.viewBytesMax
                }
            } catch {
                // What is sound before a damaged event is handed over first.
                failure = error
            }
            let goesOn = try body(lines, Position(next.rawValue - 1))
            if let failure { throw failure }
            if !goesOn { break }
        }
        return count
    }

    /// Appends a whole line or none.
    private mutating func append(
        _ event: RecordedEvent, _ redactions: Redactions,
        _ trims: [Position: TrimmedMessages], to lines: inout [UInt8]
    ) throws -> Bool {
        let start = lines.count
        do {
            return try line.append(
                redactions.exported(event) ?? event, trim: trims[event.position], to: &lines)
        } catch {
            lines.removeSubrange(start...)
            throw error
        }
    }

    /// The redactions, whenever they happened, and the messages that trims name: one more pass over
    /// the log, which works without an index.
    private mutating func lookAhead(
        through head: Position, _ isCancelled: () -> Bool
    ) throws -> (Redactions, [Position: TrimmedMessages]) {
        var redactions = Redactions()
        var met: [RecordedEvent] = []
        unreadable = try log.forEachSoundEvent(through: head, isCancelled: isCancelled) {
            redactions.note($0)
            if $0.event.type == ChatEventTypes.sessionTrimmed { met.append($0) }
        }
        if unreadable != nil, let known = redactedMessages() {
            redactions.add(known: known)
            unreadable = nil
        }
        var trims: [Position: TrimmedMessages] = [:]
        for trim in met { trims[trim.position] = try messages(of: trim) }
        return (redactions, trims)
    }

    /// Nil too when one of the messages is damaged, which is reported where that message is to be
    /// written.
    private func messages(of trim: RecordedEvent) throws -> TrimmedMessages? {
        do { return try TrimmedMessages(of: trim, in: log) } catch let error as HansardError
            where error.code == .corruptEvent
        { return nil }
    }
}
