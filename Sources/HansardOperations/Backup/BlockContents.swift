import HansardBindings
import HansardEngine

/// The events of one block before compression: header fields in columns, then the payloads.
///
/// Columns of one kind of number compress far better than whole headers one after the other. All
/// numbers are varints, those of one column for all events before those of the next: recorded time
/// less the one before (the first: less the block's), clock less recorded time (zigzag), revision,
/// distance to the stream's previous event or 0, distance to the event that created the entity and
/// one, or 0, length of the payload.
struct BlockContents {
    private(set) var headers: [EventHeader] = []
    private(set) var payloads: [UInt8] = []
    let first: Position

    init(first: Position) { self.first = first }

    var bytesCount: Int { payloads.count + 8 * headers.count }

    mutating func append(_ header: EventHeader, _ payload: Span<UInt8>) {
        var header = header
        header.rawLength = payload.count
        headers.append(header)
        Bytes.append(payload, to: &payloads)
    }

    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payloads.count + 12 * headers.count)
        var previousAt = headers.first?.recordedAt ?? 0
        for header in headers {
            Varint.append(UInt64(bitPattern: header.recordedAt &- previousAt), to: &bytes)
            previousAt = header.recordedAt
        }
        for header in headers {
            let difference = header.clockAt &- header.recordedAt
            Varint.append(UInt64(bitPattern: difference &<< 1 ^ difference >> 63), to: &bytes)
        }
        for header in headers { Varint.append(header.revision, to: &bytes) }
        var position = first.rawValue
        for header in headers {
            Varint.append(header.previous.map { position - $0 } ?? 0, to: &bytes)
            position += 1
        }
        position = first.rawValue
        for header in headers {
            Varint.append(header.entity.map { position - $0 + 1 } ?? 0, to: &bytes)
            position += 1
        }
        for header in headers { Varint.append(UInt64(header.rawLength), to: &bytes) }
        bytes.append(contentsOf: payloads)
        return bytes
    }

    /// Reads what `encode` made.
    ///
    /// - Returns: the headers, with `dictionary` 0, and where the first payload begins.
    static func decode(
        _ bytes: Span<UInt8>, _ block: BlockHeader
    ) throws(SegmentFault) -> (headers: [EventHeader], payloadsAt: Int) {
        // Six columns of at least a byte each.
        guard block.eventsCount <= bytes.count / 6 else {
            throw SegmentFault("has more events than bytes")
        }
        var columns = BlockColumns(count: block.eventsCount)
        let times = try columns.next(bytes)
        let clocks = try columns.next(bytes)
        let revisions = try columns.next(bytes)
        let previous = try columns.next(bytes)
        let entities = try columns.next(bytes)
        let lengths = try columns.next(bytes)
        var headers: [EventHeader] = []
        headers.reserveCapacity(block.eventsCount)
        var recordedAt = block.firstAt
        var left = bytes.count - columns.offset
        for number in 0..<block.eventsCount {
            let position = block.first.rawValue + UInt64(number)
            recordedAt &+= Int64(bitPattern: times[number])
            let zigzag = clocks[number]
            let difference = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
            guard previous[number] < position, entities[number] <= position,
                lengths[number] <= UInt64(left), lengths[number] > 0
            else { throw SegmentFault("holds an event that can't be") }
            left -= Int(lengths[number])
            headers.append(
                EventHeader(
                    dictionary: 0, rawLength: Int(lengths[number]), recordedAt: recordedAt,
                    clockAt: recordedAt &+ difference, revision: revisions[number],
                    previous: previous[number] == 0 ? nil : position - previous[number],
                    entity: entities[number] == 0 ? nil : position - entities[number] + 1))
        }
        guard left == 0, recordedAt == block.lastAt else {
            throw SegmentFault("holds other events than its header says")
        }
        return (headers, columns.offset)
    }
}

/// Reads the columns of a block one after the other.
private struct BlockColumns {
    let count: Int
    private(set) var offset = 0

    init(count: Int) { self.count = count }

    mutating func next(_ bytes: Span<UInt8>) throws(SegmentFault) -> [UInt64] {
        var column: [UInt64] = []
        column.reserveCapacity(count)
        for _ in 0..<count {
            guard let number = Varint.read(bytes, at: &offset) else {
                throw SegmentFault("has damaged columns")
            }
            column.append(number)
        }
        return column
    }
}
