import HansardBindings
public import HansardEngine
import HansardRecords

/// Writes the log itself as JSON Lines, with all that an event's envelope holds: to take it into
/// another store or another program. docs/IMPORT.md.
public struct LogExporter {
    /// The number of events written, of those without redacted content, and of those in the shape
    /// this program knows instead of the stored one.
    public private(set) var eventsCount = 0
    public private(set) var hiddenCount = 0
    public private(set) var changedCount = 0

    private let log: Log
    private let isRaw: Bool
    private let bound: Position?
    /// The form of an event that may be shown instead of it; nil when all of it may.
    private let hidden: (RecordedEvent) throws -> RecordedEvent?
    private let readsStored: Bool
    private var json = EventJSON()
    private let reader = LogLineReader()
    private var tree = CompactRange()
    /// The checksum of all lines so far.
    private var checksum = XXH64(seed: 0)

    /// Events read in one view, and bytes of lines after which no more are: one event may take
    /// megabytes.
    private static let viewEventsMax: UInt64 = 5_000
    private static let viewBytesMax = 4 << 20

    /// - Parameters:
    ///   - isRaw: writes payloads as they are stored, in Base64, before upcasters.
    ///   - bound: the last event that `hidden` knows of: none after it is written, as one of them
    ///     may hide an earlier one. Nil for no bound.
    ///   - hidden: gives what may be shown of an event instead of it. Nil shows everything.
    public init(
        _ reader: LogReader, isRaw: Bool, through bound: Position? = nil,
        hidden: ((RecordedEvent) throws -> RecordedEvent?)?
    ) {
        log = reader.log
        self.bound = bound
        self.isRaw = isRaw
        readsStored = isRaw && hidden == nil
        self.hidden = hidden ?? { _ in nil }
    }

    /// Hands the lines from `first` to `last` to `body`, some thousand at a time. Without `last`,
    /// up to the head as it is now. What was handed over is no export before this returns.
    ///
    /// - Throws: what `body` throws; `HansardError`: `invalidArgument` beyond the head;
    ///   `corruptEvent`, after `body` had the events before it; `newerEvent` and `upcastFailed` for
    ///   an event that can't be read in this program's shape, which everything raw and shown does
    ///   not need.
    public mutating func run(
        from first: Position = Position(1), through last: Position? = nil,
        _ body: (_ lines: [UInt8], _ through: Position) throws -> Void
    ) throws {
        let (head, recordedAt) = try end(last)
        let beginning = begin(first, head, recordedAt)
        checksum.update(beginning.span)
        try body(beginning, Position(first.rawValue - 1))
        var next = first
        var lines: [UInt8] = []
        while next <= head {
            lines.removeAll(keepingCapacity: true)
            let end = min(Position(next.rawValue + Self.viewEventsMax - 1), head)
            var failure: (any Error)?
            do { try append(from: &next, through: end, to: &lines) } catch {
                // What is sound before a damaged event is handed over first.
                failure = error
            }
            checksum.update(lines.span)
            try body(lines, Position(next.rawValue - 1))
            if let failure { throw failure }
        }
        let isWhole = first == Position(1) && hiddenCount == 0 && changedCount == 0
        try body(ending(head, root: isWhole ? tree.root : nil), head)
    }

    private func ending(_ last: Position, root: MerkleHash?) -> [UInt8] {
        let root = root.map { "\"\(Base64.text($0.bytes))\"" } ?? "null"
        let line =
            "{\"end\":\(last),\"root\":\(root),\"hidden\":\(hiddenCount),"
            + "\"changed\":\(changedCount),"
            + "\"checksum\":\"\(LogLineEnd.text(checksum: checksum.digest()))\"}\n"
        return Array(line.utf8)
    }

    private func end(_ last: Position?) throws -> (Position, recordedAt: Int64) {
        try log.environment.read { transaction in
            let head = min(try log.head(in: transaction), bound ?? .max)
            let last = last ?? head
            guard last <= head else {
                throw HansardError(
                    .invalidArgument, "the log ends at event \(head), before \(last)",
                    position: head)
            }
            let recordedAt = try transaction.withValue(integerKey: last.rawValue, in: log.events) {
                stored in
                guard let stored else { return Int64(0) }
                do {
                    return try EventHeader.decode(stored, position: last.rawValue).header.recordedAt
                } catch let error as HansardError where error.code == .corruptEvent {
                    // It is reported where that event is to be written, after those before it.
                    return 0
                }
            }
            return (last, recordedAt)
        }
    }

    private func begin(_ first: Position, _ last: Position, _ recordedAt: Int64) -> [UInt8] {
        let ancestors = log.ancestry.map {
            "{\"log_id\":\"\($0.logID)\",\"position\":\($0.position),"
                + "\"recorded_us\":\($0.recordedAt.microsecondsSinceUnixEpoch),"
                + "\"restored_us\":\($0.restoredAt.microsecondsSinceUnixEpoch)}"
        }
        let line =
            "{\"hansard_log\":\(LogLineHeader.format),\"log_id\":\"\(log.id)\",\"from\":\(first),"
            + "\"to\":\(last),\"recorded_us\":\(recordedAt),"
            + "\"ancestry\":[\(ancestors.joined(separator: ","))]}\n"
        return Array(line.utf8)
    }

    /// Appends the lines of some events; `next` is the one after the last that was written.
    private mutating func append(
        from next: inout Position, through last: Position, to lines: inout [UInt8]
    ) throws {
        try log.codecs.with { codec in
            try log.environment.read { transaction in
                try log.scanStored(from: next, through: last, in: transaction) {
                    position, stored in
                    let (header, payload) = try codec.payload(stored, position: position)
                    let recorded = try codec.decode(
                        header, payload.span, position: position,
                        as: readsStored ? .stored : .current)
                    tree.append(
                        EventLeaf(header, payload: payload.span, position: position).hash)
                    try append(recorded, payload, to: &lines)
                    next = recorded.position.next
                    return lines.count < Self.viewBytesMax
                }
            }
        }
    }

    private mutating func append(
        _ recorded: RecordedEvent, _ payload: [UInt8], to lines: inout [UInt8]
    ) throws {
        eventsCount += 1
        if let shown = try hidden(recorded) {
            hiddenCount += 1
            let packed = packed(shown.event)
            if isRaw { return line(shown, payload: packed, isHidden: true, to: &lines) }
            return try readable(shown, packed, isHidden: true, to: &lines)
        }
        if isRaw {
            // Beside a payload stands what is in it, not what an upcaster makes of that.
            let stored =
                readsStored
                ? recorded
                : recorded.with(
                    try EventPayload.unpack(payload.span, position: recorded.position.rawValue))
            return line(stored, payload: payload, isHidden: false, to: &lines)
        }
        let packed = packed(recorded.event)
        if packed != payload {
            let stored = try EventPayload.unpack(
                payload.span, position: recorded.position.rawValue)
            if stored.schemaVersion == recorded.event.schemaVersion
                && stored.type == recorded.event.type
            {
                return try readable(recorded, payload, isHidden: false, to: &lines)
            }
            changedCount += 1
        }
        try readable(recorded, packed, isHidden: false, to: &lines)
    }

    private func packed(_ event: Event) -> [UInt8] {
        var packer = Packer(capacityBytes: 4_096)
        EventPayload.pack(event, into: &packer)
        return packer.bytes()
    }

    /// A line with data and metadata as JSON, if it is read back as exactly this payload; else with
    /// the payload. MessagePack holds more than JSON can say: infinite numbers, deeper nesting,
    /// longer forms of the same number.
    private mutating func readable(
        _ recorded: RecordedEvent, _ payload: [UInt8], isHidden: Bool, to lines: inout [UInt8]
    ) throws {
        let start = lines.count
        place(recorded, to: &lines)
        do {
            try json.content(recorded, &lines)
            json.finish(isHidden, &lines)
            if case .event(let read) = try reader.line(lines.span.extracting(start..<lines.count)),
                read.payload == payload
            {
                return
            }
        } catch is RecordError {
            // JSON has no form for it.
        } catch let error as HansardError where error.code.errorClass == .request {
            // Nor is it read back.
        }
        lines.removeSubrange(start...)
        line(recorded, payload: payload, isHidden: isHidden, to: &lines)
    }

    private mutating func line(
        _ recorded: RecordedEvent, payload: [UInt8], isHidden: Bool, to lines: inout [UInt8]
    ) {
        place(recorded, to: &lines)
        json.field("payload", Base64.text(payload), &lines)
        if let entity = recorded.entity { lines.append(contentsOf: ",\"entity\":\(entity)".utf8) }
        json.finish(isHidden, &lines)
    }

    private mutating func place(_ recorded: RecordedEvent, to lines: inout [UInt8]) {
        json.place(recorded, &lines)
        // A clock may say years that a time's text has no room for.
        func exact(_ name: String, _ time: Instant) {
            if time.hasText { return }
            let exact = time.microsecondsSinceUnixEpoch
            lines.append(contentsOf: ",\"\(name)_us\":\(exact)".utf8)
        }
        exact("recorded", recorded.recordedAt)
        if recorded.clockAt != recorded.recordedAt { exact("clock", recorded.clockAt) }
    }
}
