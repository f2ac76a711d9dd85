import HansardEngine

/// The extent of the blocks of a segment that were read or written: each follows from those before.
struct SegmentExtent {
    /// The next event, and the digest of all before it.
    private(set) var next: Position
    private(set) var digest: UInt64
    /// Bytes of the header and of whole blocks.
    private(set) var bytesCount: Int
    private(set) var blocksCount = 0
    /// Bytes of the blocks' contents before compression.
    private(set) var contentsBytes: UInt64 = 0
    /// Recorded times of the first and the last event.
    private(set) var firstAt: Int64?
    private(set) var lastAt: Int64?

    /// The extent of a segment without blocks.
    init(_ header: SegmentHeader) {
        next = header.first
        digest = header.digestBefore
        bytesCount = header.bytesCount
    }

    /// True if a block comes next.
    func isFollowed(by block: BlockHeader) -> Bool {
        block.first == next && block.digestBefore == digest
    }

    mutating func add(_ block: BlockHeader) {
        next = block.last.next
        digest = block.digestAfter
        bytesCount += BlockHeader.bytes + block.frameBytes
        blocksCount += 1
        contentsBytes += UInt64(block.contentsBytes)
        if firstAt == nil { firstAt = block.firstAt }
        lastAt = block.lastAt
    }
}
