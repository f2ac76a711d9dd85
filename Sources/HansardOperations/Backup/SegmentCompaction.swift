import HansardBindings
import HansardEngine

/// Writes a sealed segment of many small blocks again with full ones, which take half the room: a
/// backup that runs every minute, or watches, leaves such segments.
///
/// The new file takes the old one's place by a rename: at any time there is one of them, whole.
struct SegmentCompaction {
    private let directory: BackupDirectory
    private let settings: Backup.Settings

    /// Fewer blocks are not worth it.
    private static let blocksMin = 16
    /// The bytes written between two checks for cancellation.
    private static let fillMin = 4

    init(_ directory: BackupDirectory, _ settings: Backup.Settings) {
        self.directory = directory
        self.settings = settings
    }

    /// Sealed segments whose blocks are a quarter full or less.
    func due() throws -> [SegmentName] {
        try directory.names().filter { name in
            guard name.last != nil else { return false }
            guard let seal = try SegmentReader(name, in: directory.path).seal else { return false }
            let full = UInt64(settings.blockBytes / Self.fillMin)
            return seal.blocksCount >= Self.blocksMin
                && seal.contentsBytes / UInt64(seal.blocksCount) < full
        }
    }

    /// - Parameter isCancelled: asked after every block; then the old file stays.
    func run(_ name: SegmentName, isCancelled: () -> Bool) throws {
        let reader = try SegmentReader(name, in: directory.path)
        let writer = try SegmentWriter(
            creating: reader.header, in: directory.path,
            path: "\(reader.path)\(BackupDirectory.unfinishedSuffix)")
        let decoder = try BlockDecoder()
        var compressor = try Compressor(level: settings.compressionLevel)
        var contents = BlockContents(first: reader.header.first)
        var digests: [UInt64] = []
        func write() throws {
            if digests.isEmpty { return }
            try writer.append(try BlockEncoder.encode(contents, digests, &compressor))
            contents = BlockContents(first: writer.extent.next)
            digests = []
        }
        while let stored = try reader.nextBlock() {
            if isCancelled() {
                try FileSystem.removeFile(writer.path)
                return
            }
            let block = try decoder.decode(stored)
            try block.forEach { position, header, payload in
                if contents.bytesCount + payload.count > settings.blockBytes
                    || digests.count >= Int(Backup.Settings.blockEventsMax)
                {
                    try write()
                }
                contents.append(header, payload)
                digests.append(block.digests[Int(position.rawValue - block.first.rawValue)])
            }
        }
        try write()
        guard let seal = reader.seal, writer.extent.next == seal.last.next,
            writer.extent.digest == seal.digestAfter
        else {
            throw HansardError(
                .internalError,
                "\(reader.path) differed when it was written again: it was kept",
                advice: .report, path: reader.path)
        }
        _ = try writer.seal(at: seal.sealedAt)
    }
}

/// Compacts segments beside a watch, on a thread of its own.
final class CompactionThread {
    private let directory: BackupDirectory
    private let settings: Backup.Settings
    private let isEnded = ConditionLock(false)
    private var job: BackgroundJob<Void>?

    init(_ directory: BackupDirectory, _ settings: Backup.Settings) {
        self.directory = directory
        self.settings = settings
    }

    deinit { finish() }

    /// Begins with the segments that are due now, after those begun before.
    ///
    /// One that fails stays as it is: it is sound, only larger, and the next backup tries again and
    /// says why.
    func start() throws {
        try job?.wait()
        let (directory, settings, isEnded) = (directory, settings, isEnded)
        job = try BackgroundJob(name: "hansard-compact") {
            let compaction = SegmentCompaction(directory, settings)
            for name in (try? compaction.due()) ?? [] where !isEnded.withLock({ $0 }) {
                try? compaction.run(name) { isEnded.withLock { $0 } }
            }
        }
    }

    /// Ends at the next block.
    func finish() {
        isEnded.withLock { $0 = true }
        job = nil
    }
}
