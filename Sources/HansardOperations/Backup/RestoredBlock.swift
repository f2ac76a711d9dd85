import HansardBindings
import HansardEngine

/// A block's events as the new log stores them, and as its index folds them.
struct RestoredBlock: Sendable {
    let first: Position
    /// Headers and frames, one event after the other, and where each ends.
    let bytes: [UInt8]
    let ends: [Int]
    let events: [DecodedEvent]

    var last: Position { Position(first.rawValue + UInt64(ends.count) - 1) }
}

/// Compresses a backup's events again, with the dictionary of the new log, and decodes them on the
/// way, so that the index need not read them back. One a thread.
final class RestoredBlockMaker {
    private let decoder: BlockDecoder
    private var compressor: Compressor
    private let log: Log
    private let dictionary: CompressionDictionary?
    private let end: Position
    private let hasLeaves: Bool

    /// - Parameters:
    ///   - log: the new one.
    ///   - end: events after it are left out.
    init(for log: Log, through end: Position, hasLeaves: Bool, level: Int) throws {
        decoder = try BlockDecoder()
        compressor = try Compressor(level: level)
        dictionary = try log.dictionaries.dictionary(log.dictionaries.newest)?.compression
        self.log = log
        self.end = end
        self.hasLeaves = hasLeaves
    }

    func make(_ stored: StoredBlock) throws -> RestoredBlock {
        let block = try decoder.decode(stored)
        return try log.codecs.with { try make(block, $0) }
    }

    private func make(_ block: DecodedBlock, _ codec: EventCodec) throws -> RestoredBlock {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(block.bytes.count / 2)
        var ends: [Int] = []
        ends.reserveCapacity(block.headers.count)
        var events: [DecodedEvent] = []
        events.reserveCapacity(block.headers.count)
        try block.forEach { position, header, payload in
            if position > end { return }
            var header = header
            header.dictionary = log.dictionaries.newest
            try header.append(at: position.rawValue, to: &bytes) { bytes throws(ZstdError) in
                try compressor.compress(payload, dictionary: dictionary, appendingTo: &bytes)
            }
            ends.append(bytes.count)
            events.append(try decoded(header, payload, at: position, codec))
        }
        return RestoredBlock(first: block.first, bytes: bytes, ends: ends, events: events)
    }

    private func decoded(
        _ header: EventHeader, _ payload: Span<UInt8>, at position: Position, _ codec: EventCodec
    ) throws -> DecodedEvent {
        let recorded = try codec.decode(
            header, payload, position: position.rawValue, as: .forFolding)
        let leaf =
            hasLeaves
            ? EventLeaf(header, payload: payload, position: position.rawValue).hash : nil
        return DecodedEvent(recorded, leaf: leaf, hasher: log.hasher)
    }
}
