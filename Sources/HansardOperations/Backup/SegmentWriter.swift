import HansardBindings
import HansardEngine

/// A block made from the log, that waits for its place in a segment.
struct EncodedBlock: Sendable {
    /// Without digests, which depend on what is before.
    var header: BlockHeader
    let frame: [UInt8]
    let eventDigests: [UInt64]
    /// The hashes that the log's tree has for the first events, as many as were asked for.
    var leaves: [MerkleHash] = []
}

/// The open segment of a backup. For one thread at a time.
final class SegmentWriter {
    let directory: String
    /// The name of the file, until it is sealed.
    let path: String
    let header: SegmentHeader
    /// The extent in the file.
    private(set) var extent: SegmentExtent
    private var isFlushed = true
    private let file: StoredFile

    /// Begins a segment: it has its name once its header is on the disk.
    ///
    /// - Parameter path: by default that of the open segment.
    init(creating header: SegmentHeader, in directory: String, path: String? = nil) throws {
        let open = SegmentName(first: header.first, last: nil)
        let path = path ?? "\(directory)/\(open.text)"
        self.path = path
        let bytes = header.encode()
        try FileSystem.replaceFile(path, with: bytes.span, mode: 0o640)
        file = try StoredFile(appendingTo: path)
        self.directory = directory
        self.header = header
        extent = SegmentExtent(header)
    }

    /// Goes on with a segment whose whole blocks were read; what comes after them is cut off.
    init(resuming reader: SegmentReader, in directory: String) throws {
        path = reader.path
        file = try StoredFile(appendingTo: path)
        self.directory = directory
        header = reader.header
        extent = reader.extent
        if reader.size > extent.bytesCount {
            try file.truncate(to: extent.bytesCount)
            try file.synchronise()
        }
    }

    var isEmpty: Bool { extent.blocksCount == 0 }

    /// Writes a block after the others. It counts once `synchronise` has returned.
    ///
    /// - Throws: what the system refuses; the segment is as it was then.
    func append(_ block: EncodedBlock) throws {
        precondition(block.header.first == extent.next, "blocks follow each other")
        var header = block.header
        header.digestBefore = extent.digest
        header.digestAfter = EventDigest.chain(extent.digest, block.eventDigests)
        var bytes = header.encode()
        bytes.append(contentsOf: block.frame)
        isFlushed = false
        do { try file.append(bytes.span) } catch {
            // What can't be cut off now is cut off by the next backup.
            try? file.truncate(to: extent.bytesCount)
            throw error
        }
        extent.add(header)
    }

    /// Waits until what was appended is on the disk.
    func synchronise() throws {
        if isFlushed { return }
        try file.synchronise()
        isFlushed = true
    }

    /// Seals the segment, which must hold something, and gives it its last name.
    func seal(at now: Int64) throws -> SegmentName {
        let seal = SegmentSeal(
            blocksCount: extent.blocksCount, last: Position(extent.next.rawValue - 1),
            firstAt: extent.firstAt ?? 0, lastAt: extent.lastAt ?? 0, digestAfter: extent.digest,
            sealedAt: now, contentsBytes: extent.contentsBytes)
        do { try file.append(seal.encode().span) } catch {
            try? file.truncate(to: extent.bytesCount)
            throw error
        }
        try file.synchronise()
        let name = SegmentName(first: header.first, last: seal.last)
        try FileSystem.rename(path, to: "\(directory)/\(name.text)")
        try FileSystem.synchroniseDirectory(directory)
        return name
    }
}
