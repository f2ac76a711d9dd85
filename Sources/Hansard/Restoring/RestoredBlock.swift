import Bindings

/// A block's events as the new log stores them.
struct RestoredBlock: Sendable {
    let first: Position
    /// Headers and frames, one event after the other, and where each ends.
    let bytes: [UInt8]
    let ends: [Int]
    /// When the last was recorded.
    let lastAt: Int64

    var last: Position { Position(first.rawValue + UInt64(ends.count) - 1) }
}

/// Compresses a backup's events anew, with the dictionary of the new log. One a thread.
final class RestoredBlockMaker {
    private let decoder: BlockDecoder
    private var compressor: Compressor
    private let dictionary: CompressionDictionary?
    private let dictionaryID: UInt16
    private let end: Position

    /// - Parameter end: events after it are left out.
    init(
        through end: Position, dictionary: CompressionDictionary?, id: UInt16, level: Int
    ) throws {
        decoder = try BlockDecoder()
        compressor = try Compressor(level: level)
        self.dictionary = dictionary
        dictionaryID = id
        self.end = end
    }

    func make(_ stored: StoredBlock) throws -> RestoredBlock {
        let block = try decoder.decode(stored)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stored.header.contentsBytes / 2)
        var ends: [Int] = []
        ends.reserveCapacity(block.headers.count)
        var record: [UInt8] = []
        var lastAt: Int64 = 0
        try block.forEach { position, header, payload in
            if position > end { return }
            var header = header
            header.dictionary = dictionaryID
            let frame = try compressor.compress(payload, dictionary: dictionary)
            header.encode(position: position.rawValue, frame: frame, into: &record)
            bytes.append(contentsOf: record)
            ends.append(bytes.count)
            lastAt = header.recordedAt
        }
        return RestoredBlock(first: block.first, bytes: bytes, ends: ends, lastAt: lastAt)
    }
}
