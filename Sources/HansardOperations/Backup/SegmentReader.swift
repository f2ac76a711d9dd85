import HansardBindings
import HansardEngine

/// A block as it is in a segment: its header and its frame, which nobody has checked yet.
struct StoredBlock: Sendable {
    let header: BlockHeader
    let frame: [UInt8]
    /// The place where it is, for messages.
    let place: String
    /// The segment it was read from.
    let path: String
}

/// Reads a segment's blocks, one after the other. For one thread at a time.
final class SegmentReader {
    let name: SegmentName
    let path: String
    let header: SegmentHeader
    let size: Int
    /// The extent that was read, whose parts fit together.
    private(set) var extent: SegmentExtent
    private let file: SegmentBytes
    /// The place where blocks end: before the seal, where there is one.
    private let end: Int
    /// The seal at the end of a sealed segment.
    let seal: SegmentSeal?

    /// Opens a segment and checks its header, and its seal if it should have one.
    ///
    /// - Throws: `HansardError` (`damagedBackup`).
    init(_ name: SegmentName, in directory: String) throws {
        self.name = name
        path = "\(directory)/\(name.text)"
        file = try SegmentBytes(path)
        size = file.size
        (header, seal) = try Self.ends(of: file, name)
        end = seal == nil ? size : size - SegmentSeal.bytes
        extent = SegmentExtent(header)
    }

    private static func ends(
        of file: SegmentBytes, _ name: SegmentName
    ) throws -> (SegmentHeader, SegmentSeal?) {
        do {
            let header = try file.header()
            guard header.first == name.first else {
                throw SegmentFault("says it begins with event \(header.first)")
            }
            if name.last == nil { return (header, nil) }
            let seal = try file.seal()
            guard seal.last == name.last else {
                throw SegmentFault("says it ends with event \(seal.last)")
            }
            return (header, seal)
        } catch let fault as SegmentFault {
            throw HansardError.damagedBackup(
                "\(file.path) \(fault.what)", intactThrough: Position(name.first.rawValue - 1),
                path: file.path)
        }
    }

    /// The next block's header alone; its frame is passed over. Nil at the end.
    func skipBlock() throws -> BlockHeader? { try step(readingFrame: false)?.header }

    /// The next block; nil at the end.
    ///
    /// - Throws: `HansardError` (`damagedBackup`) for a header that is damaged or does not follow.
    func nextBlock() throws -> StoredBlock? { try step(readingFrame: true) }

    private func step(readingFrame: Bool) throws -> StoredBlock? {
        do throws(SegmentFault) {
            let offset = extent.bytesCount
            if offset == end { return try checkEnd() }
            let bytes = try file.read(min(BlockHeader.bytes, end - offset), at: offset)
            let header = try BlockHeader(bytes.span)
            guard extent.isFollowed(by: header) else {
                throw SegmentFault("does not follow from the block before it")
            }
            let frameAt = offset + BlockHeader.bytes
            guard header.frameBytes <= end - frameAt else { throw SegmentFault("is cut off") }
            let frame =
                readingFrame ? try file.read(header.frameBytes, at: frameAt) : []
            let place = place
            extent.add(header)
            return StoredBlock(header: header, frame: frame, place: place, path: path)
        } catch {
            throw damage(error)
        }
    }

    /// `block 3 of backup/000000000001-000000081234.segment, at byte 71,000, from event 410 on`
    private var place: String {
        "block \(extent.blocksCount + 1) of \(path) (at byte \(extent.bytesCount), from event "
            + "\(extent.next) on)"
    }

    func damage(_ fault: SegmentFault) -> HansardError {
        HansardError.damagedBackup(
            "\(place) \(fault.what)", intactThrough: Position(extent.next.rawValue - 1), path: path)
    }

    private func checkEnd() throws(SegmentFault) -> StoredBlock? {
        guard let seal else { return nil }
        guard extent.next == seal.last.next, extent.digest == seal.digestAfter,
            extent.blocksCount == seal.blocksCount
        else { throw SegmentFault("is missing: the seal names more blocks than there are") }
        return nil
    }
}

/// The bytes of one file, read as parts of a segment.
private final class SegmentBytes {
    let path: String
    let size: Int
    private let file: StoredFile

    init(_ path: String) throws {
        self.path = path
        file = try StoredFile(reading: path)
        size = try file.size()
    }

    func read(_ count: Int, at offset: Int) throws(SegmentFault) -> [UInt8] {
        do { return try file.read(count, at: offset) } catch {
            throw SegmentFault("can't be read (\(error))")
        }
    }

    func header() throws(SegmentFault) -> SegmentHeader {
        let start = try read(16, at: 0)
        let bytes = try read(SegmentHeader.length(of: start.span), at: 0)
        return try SegmentHeader(bytes.span)
    }

    func seal() throws(SegmentFault) -> SegmentSeal {
        guard size >= SegmentSeal.bytes else { throw SegmentFault("is cut off") }
        let bytes = try read(SegmentSeal.bytes, at: size - SegmentSeal.bytes)
        return try SegmentSeal(bytes.span)
    }
}
