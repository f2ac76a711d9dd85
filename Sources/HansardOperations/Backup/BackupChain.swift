import HansardBindings
import HansardEngine

/// The segments of a backup as one run of blocks, from the log's first event on.
///
/// Checks on the way that none is missing, foreign or out of place. For one thread at a time.
final class BackupChain {
    let directory: BackupDirectory
    let manifest: BackupManifest?
    let names: [SegmentName]
    let logID: String
    let ancestry: [LogAncestor]
    private var reader: SegmentReader?
    private var number = 0
    private(set) var next = Position(1)
    private(set) var digest: UInt64
    /// True if all there is was read, and less than the manifest says.
    private(set) var lacksItsEnd = false
    /// True if a segment is missing before the one at hand.
    private(set) var lacksSegment = false
    /// True if the segment at hand is neither the last nor the last but one.
    var isFarFromEnd: Bool { number + 2 < names.count }

    /// Opens a backup.
    ///
    /// - Throws: `HansardError`: `notABackup`, `damagedBackup`, `newerFormat`.
    init(_ directory: BackupDirectory) throws {
        try directory.checkIsBackup()
        self.directory = directory
        manifest = try directory.manifest()
        names = try directory.names()
        if let manifest {
            (logID, ancestry) = (manifest.logID, manifest.ancestry)
        } else {
            let header = try SegmentReader(names[0], in: directory.path).header
            (logID, ancestry) = (header.logID, header.ancestry)
        }
        digest = EventDigest.initial(logID: logID)
    }

    /// Events up to here were flushed and counted: what lacks of them is damage, what is cut off
    /// after them is not.
    private var counted: Position { manifest?.through ?? .zero }

    /// The next block; nil at the end of what there is.
    ///
    /// - Throws: `HansardError` (`damagedBackup`) naming the file, and the last event before it.
    func nextBlock() throws -> StoredBlock? {
        while let reader = try segment() {
            if let block = try step(reader, { try $0.nextBlock() }) { return block }
        }
        return nil
    }

    /// The next block's header; its frame is not looked at.
    func skipBlock() throws -> BlockHeader? {
        while let reader = try segment() {
            if let header = try step(reader, { try $0.skipBlock() }) { return header }
        }
        return nil
    }

    /// Passes over a whole sealed segment without looking at its blocks.
    func skipSegment() throws {
        guard let reader = try segment(), let seal = reader.seal else { return }
        (next, digest) = (seal.last.next, seal.digestAfter)
        self.reader = nil
        number += 1
    }

    /// The segment the next block is in; nil at the end.
    func segment() throws -> SegmentReader? {
        if let reader { return reader }
        guard number < names.count else {
            try checkEnd()
            return nil
        }
        let name = names[number]
        guard name.first == next else {
            try checkIsOurs(name)
            lacksSegment = name.first > next
            throw lacksSegment ? missing(through: name.first) : overlapping(name)
        }
        let opened = try open(name)
        guard opened.header.logID == logID, opened.header.digestBefore == digest else {
            throw opened.header.logID == logID
                ? HansardError.damagedBackup(
                    "\(opened.path) does not follow from the segment before it: it is another "
                        + "history's",
                    intactThrough: intact, path: opened.path)
                : foreign(opened.path, of: opened.header.logID)
        }
        reader = opened
        return opened
    }

    /// Names a segment of another log for what it is, in any place.
    private func checkIsOurs(_ name: SegmentName) throws {
        guard let header = try? SegmentReader(name, in: directory.path).header,
            header.logID != logID
        else { return }
        throw foreign("\(directory.path)/\(name.text)", of: header.logID)
    }

    private func open(_ name: SegmentName) throws -> SegmentReader {
        do { return try SegmentReader(name, in: directory.path) } catch let error as SystemError
            where error.isNotFound
        {
            throw HansardError(
                .backupBusy,
                "\(directory.path)/\(name.text) went away while the backup was read: a running "
                    + "backup sealed it",
                advice: .retry, path: directory.path)
        }
    }

    private func step<Part>(
        _ reader: SegmentReader, _ read: (SegmentReader) throws -> Part?
    ) throws -> Part? {
        do {
            if let part = try read(reader) {
                (next, digest) = (reader.extent.next, reader.extent.digest)
                return part
            }
        } catch let error as HansardError {
            // The block that was being written when its process or machine ended counts for
            // nothing.
            guard reader.name.last == nil, counted < reader.extent.next,
                error.code == .damagedBackup
            else { throw error }
        }
        (next, digest) = (reader.extent.next, reader.extent.digest)
        self.reader = nil
        number += 1
        return nil
    }

    private func checkEnd() throws {
        guard let manifest, next <= manifest.through else { return }
        lacksItsEnd = true
        throw HansardError.damagedBackup(
            "\(directory.path) should reach event \(manifest.through): the segment with event "
                + "\(next) is missing",
            advice: .putSegmentsBack(directory: directory.path, orBackUpAgain: true),
            intactThrough: intact, path: directory.path)
    }
}

// MARK: Faults

extension BackupChain {
    /// The last event before the fault.
    private var intact: Position { Position(next.rawValue - 1) }

    private func missing(through first: Position) -> HansardError {
        .damagedBackup(
            "the segment with events \(next) to \(Position(first.rawValue - 1)) is missing from "
                + directory.path,
            advice: .putSegmentsBack(directory: directory.path, orBackUpAgain: false),
            intactThrough: intact, path: directory.path)
    }

    private func overlapping(_ name: SegmentName) -> HansardError {
        .damagedBackup(
            "\(directory.path)/\(name.text) overlaps the segment before it",
            advice: .keepOneHistory(directory: directory.path),
            intactThrough: intact, path: "\(directory.path)/\(name.text)")
    }

    private func foreign(_ path: String, of log: String) -> HansardError {
        .damagedBackup(
            "\(path) is of another log (\(log), not \(logID))", advice: .moveOut(path: path),
            intactThrough: intact, path: path)
    }
}
