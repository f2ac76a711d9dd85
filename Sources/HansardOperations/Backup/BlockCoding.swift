import HansardBindings
import HansardEngine

/// Makes blocks from the log. One a thread.
final class BlockEncoder {
    private let log: Log
    private let codec: EventCodec
    private var compressor: Compressor
    private var digest = EventDigest()

    init(_ log: Log, level: Int) throws {
        self.log = log
        codec = try EventCodec(
            dictionaries: log.dictionaries, hasher: log.hasher, settings: Store.Settings())
        compressor = try Compressor(level: level)
    }

    /// Reads, checks, gathers and compresses a range of events.
    ///
    /// - Parameter last: events up to it are hashed for the log's tree too.
    /// - Throws: `HansardError` (`corruptEvent`) with the position of the first damaged event.
    func encode(
        _ range: ClosedRange<Position>, hashingThrough last: Position = .zero
    ) throws -> EncodedBlock {
        var contents = BlockContents(first: range.lowerBound)
        var leaves: [MerkleHash] = []
        var position = range.lowerBound
        let digests = try read(range) { header, payload in
            contents.append(header, payload)
            if position <= last {
                let leaf = EventLeaf(header, payload: payload, position: position.rawValue)
                leaves.append(leaf.hash)
            }
            position = position.next
        }
        var block = try Self.encode(contents, digests, &compressor)
        block.leaves = leaves
        return block
    }

    /// The digest of a history that goes on with these events of the log.
    func digest(_ before: UInt64, _ range: ClosedRange<Position>) throws -> UInt64 {
        EventDigest.chain(before, try read(range) { _, _ in })
    }

    /// As `digest`, with what is known of damaged events, one digest an event of the range; nil
    /// when all of them are damaged.
    func digest(
        _ before: UInt64, _ range: ClosedRange<Position>, damagedAre known: [UInt64]
    ) throws -> UInt64? {
        var digests = known
        var damagedCount = 0
        for number in known.indices {
            let position = Position(range.lowerBound.rawValue + UInt64(number))
            do {
                digests[number] = try read(position...position) { _, _ in }[0]
            } catch let error as HansardError where error.code == .corruptEvent {
                damagedCount += 1
            }
        }
        return damagedCount == known.count ? nil : EventDigest.chain(before, digests)
    }

    /// The digests of the events, each of which is handed to `body` as well.
    private func read(
        _ range: ClosedRange<Position>, _ body: (EventHeader, Span<UInt8>) throws -> Void
    ) throws -> [UInt64] {
        var digests: [UInt64] = []
        try log.environment.read { transaction in
            try log.scanStored(
                from: range.lowerBound, through: range.upperBound, in: transaction
            ) { position, stored in
                let (header, payload) = try codec.payload(stored, position: position)
                try body(header, payload.span)
                digests.append(digest.of(header, payload.span, position: position))
                return true
            }
        }
        return digests
    }

    static func encode(
        _ contents: BlockContents, _ digests: [UInt64], _ compressor: inout Compressor
    ) throws -> EncodedBlock {
        let bytes = contents.encode()
        let frame = try compressor.compress(bytes.span, dictionary: nil)
        return EncodedBlock(
            header: BlockHeader(
                frameBytes: frame.count, contentsBytes: bytes.count,
                eventsCount: contents.headers.count, first: contents.first,
                firstAt: contents.headers.first?.recordedAt ?? 0,
                lastAt: contents.headers.last?.recordedAt ?? 0,
                digestBefore: 0, digestAfter: 0,
                frameSum: XXH64.hash(frame.span, seed: contents.first.rawValue)),
            frame: frame, eventDigests: digests)
    }
}

/// A block's events, checked.
struct DecodedBlock: Sendable {
    let first: Position
    let headers: [EventHeader]
    /// All payloads, one after the other, from `payloadsAt` on.
    let bytes: [UInt8]
    let payloadsAt: Int
    /// One for each event.
    var digests: [UInt64] = []

    /// Hands each event to `body`: position, fields, payload.
    func forEach(
        _ body: (Position, EventHeader, Span<UInt8>) throws -> Void
    ) throws {
        var position = first
        var at = payloadsAt
        for header in headers {
            let end = at + header.rawLength
            try body(position, header, bytes.span.extracting(at..<end))
            at = end
            position = position.next
        }
    }
}

extension DecodedBlock {
    /// The hashes that the log's tree has for the block's events after one and up to another.
    func leaves(after: UInt64, through last: UInt64) throws -> [MerkleHash] {
        if first.rawValue > last { return [] }
        var leaves: [MerkleHash] = []
        try forEach { position, header, payload in
            guard position.rawValue > after, position.rawValue <= last else { return }
            leaves.append(
                EventLeaf(header, payload: payload, position: position.rawValue).hash)
        }
        return leaves
    }
}

/// Reads blocks. One a thread.
final class BlockDecoder {
    private var decompressor: Decompressor
    private var digest = EventDigest()

    init() throws { decompressor = try Decompressor() }

    /// Checks and unpacks a block.
    ///
    /// - Throws: `HansardError` (`damagedBackup`) naming its place.
    func decode(_ block: StoredBlock) throws -> DecodedBlock {
        do {
            var decoded = try unpack(block)
            var digests: [UInt64] = []
            digests.reserveCapacity(decoded.headers.count)
            try decoded.forEach { position, header, payload in
                digests.append(digest.of(header, payload, position: position.rawValue))
            }
            let header = block.header
            guard EventDigest.chain(header.digestBefore, digests) == header.digestAfter else {
                throw SegmentFault("holds other events than its header says")
            }
            decoded.digests = digests
            return decoded
        } catch let fault as SegmentFault {
            throw HansardError.damagedBackup(
                "\(block.place) \(fault.what)",
                intactThrough: Position(block.header.first.rawValue - 1), path: block.path)
        }
    }

    private func unpack(_ block: StoredBlock) throws -> DecodedBlock {
        let header = block.header
        guard XXH64.hash(block.frame.span, seed: header.first.rawValue) == header.frameSum else {
            throw SegmentFault("does not match its checksum")
        }
        let bytes: [UInt8]
        do {
            bytes = try decompressor.decompress(
                block.frame.span, dictionary: nil, exactly: header.contentsBytes)
        } catch {
            throw SegmentFault("can't be decompressed (\(error))")
        }
        let (headers, payloadsAt) = try BlockContents.decode(bytes.span, header)
        return DecodedBlock(
            first: header.first, headers: headers, bytes: bytes, payloadsAt: payloadsAt)
    }
}
