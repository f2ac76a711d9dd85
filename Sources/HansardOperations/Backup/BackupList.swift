import HansardBindings
public import HansardEngine

/// A file or a full copy of a backup, and what it holds.
public struct BackupPart: Sendable {
    public enum Kind: String, Sendable {
        case sealed
        case open
        case fullCopy = "full_copy"
        case checkpoint
        /// Events between two segments, or after the last, that no file has.
        case missing
    }

    public let kind: Kind
    /// Within the backup's directory.
    public let name: String
    /// First and last event; nil for what holds none.
    public let first: Position?
    public let last: Position?
    /// When those were recorded.
    public let firstAt: Instant?
    public let lastAt: Instant?
    /// Size of the file, or of all files.
    public let bytesCount: Int
    /// Bytes before compression; nil where that is not known.
    public let contentsBytes: Int?
    /// The reason the file can't be read; the rest is what its name says then.
    public var fault: HansardError? = nil
}

/// The contents of a backup.
public struct BackupContents: Sendable {
    public let logID: String
    public let ancestry: [LogAncestor]
    /// The last event that counts, and when it was recorded; zero and nil when there is none.
    public let through: Position
    public let recordedAt: Instant?
    /// When that was written; nil when the directory does not say.
    public let updatedAt: Instant?
    /// Segments in order, then full copies, then checkpoints.
    public let parts: [BackupPart]
}

/// The faults of a backup.
public struct BackupCheck: Sendable {
    public let logID: String
    /// The last event that was read and is sound together with all before it.
    public let soundThrough: Position
    public let eventsCount: Int
    public let bytesCount: Int
    /// The faults; empty when all is sound.
    public let problems: [HansardError]
    /// When the segments are damaged: the newest full copy that is sound and goes beyond what is
    /// sound of them, as a directory to restore from, and its last event.
    public var soundCopy: (path: String, through: Position)?

    public var isSound: Bool { problems.isEmpty }
}

/// Lists and verifies a backup. The log it was made from is not needed.
public struct BackupList {
    private let directory: BackupDirectory

    /// Nothing is read yet.
    public init(_ path: String) { directory = BackupDirectory(path) }

    /// Lists the parts. Reads headers and seals, and of the open segment the headers of blocks.
    ///
    /// - Throws: `HansardError`: `notABackup`, `damagedBackup`, `newerFormat`, `system`.
    public func list() throws(HansardError) -> BackupContents {
        do {
            let chain = try BackupChain(directory)
            var parts = try segments(chain)
            for name in try FullCopies(directory).names() { parts.append(try fullCopy(name)) }
            parts += try BackupCheckpoints(directory).parts()
            let last = parts.last { $0.fault == nil && [.sealed, .open].contains($0.kind) }
            return BackupContents(
                logID: chain.logID, ancestry: chain.ancestry,
                through: chain.manifest?.through ?? last?.last ?? .zero,
                recordedAt: chain.manifest.map(\.lastRecordedAt) ?? last?.lastAt,
                updatedAt: (chain.manifest?.updatedAt).map(Self.instant), parts: parts)
        } catch {
            throw HansardError.wrapping(error, doing: "listing the backup \(directory.path)")
        }
    }

    /// The segments, and what is missing between them.
    private func segments(_ chain: BackupChain) throws -> [BackupPart] {
        var parts: [BackupPart] = []
        var next = Position(1)
        func note(missingBefore first: Position) {
            guard first > next else { return }
            let last = Position(first.rawValue - 1)
            parts.append(
                BackupPart(
                    kind: .missing, name: "events \(next) to \(last)", first: next, last: last,
                    firstAt: nil, lastAt: nil, bytesCount: 0, contentsBytes: nil,
                    fault: HansardError(
                        .damagedBackup, "no segment has these events",
                        advice: .putSegmentsBack(directory: directory.path, orBackUpAgain: false),
                        position: Position(next.rawValue - 1), path: directory.path)))
        }
        for name in chain.names {
            note(missingBefore: name.first)
            let part = try readablePart(name)
            parts.append(part)
            next = max(next, (part.last ?? Position(name.first.rawValue - 1)).next)
        }
        if let manifest = chain.manifest { note(missingBefore: manifest.through.next) }
        return parts
    }

    /// One file that can't be read does not hide the others.
    private func readablePart(_ name: SegmentName) throws -> BackupPart {
        do { return try part(name) } catch let error as HansardError
            where error.code == .damagedBackup
        {
            return BackupPart(
                kind: name.last == nil ? .open : .sealed, name: name.text, first: name.first,
                last: name.last, firstAt: nil, lastAt: nil,
                bytesCount: try FileSystem.size(of: "\(directory.path)/\(name.text)"),
                contentsBytes: nil, fault: error)
        }
    }

    /// A time as files keep it.
    private static func instant(_ microseconds: Int64) -> Instant {
        Instant(microsecondsSinceUnixEpoch: microseconds)
    }

    private func part(_ name: SegmentName) throws -> BackupPart {
        let reader = try SegmentReader(name, in: directory.path)
        if let seal = reader.seal {
            return BackupPart(
                kind: .sealed, name: name.text, first: name.first, last: name.last,
                firstAt: Self.instant(seal.firstAt), lastAt: Self.instant(seal.lastAt),
                bytesCount: reader.size,
                contentsBytes: Int(clamping: seal.contentsBytes))
        }
        // What can't be read is for `verify` to name.
        while let header = try? reader.skipBlock() { _ = header }
        let isEmpty = reader.extent.next == reader.header.first
        return BackupPart(
            kind: .open, name: name.text, first: isEmpty ? nil : name.first,
            last: isEmpty ? nil : Position(reader.extent.next.rawValue - 1),
            firstAt: reader.extent.firstAt.map(Self.instant),
            lastAt: reader.extent.lastAt.map(Self.instant), bytesCount: reader.size,
            contentsBytes: Int(clamping: reader.extent.contentsBytes))
    }

    private func fullCopy(_ name: String) throws -> BackupPart {
        let copies = FullCopies(directory)
        let copy = BackupDirectory(copies.path(name))
        let manifest = try copy.manifest()
        var sizes = try BackupCheckpoints(copy).parts().map(\.bytesCount)
        for name in try FileSystem.names(in: copy.path) {
            let found = try FileSystem.information(of: "\(copy.path)/\(name)")
            if !found.isDirectory { sizes.append(found.bytes) }
        }
        let first = try copy.names().first.map { try part(of: copy, $0) }
        return BackupPart(
            kind: .fullCopy, name: "\(BackupDirectory.fullCopies)/\(name)",
            first: manifest.map { $0.through == .zero ? nil : Position(1) } ?? nil,
            last: manifest.map { $0.through == .zero ? nil : $0.through } ?? nil,
            firstAt: first?.firstAt, lastAt: manifest.flatMap(\.lastRecordedAt),
            bytesCount: sizes.reduce(0, +), contentsBytes: nil)
    }

    private func part(of copy: BackupDirectory, _ name: SegmentName) throws -> BackupPart {
        try BackupList(copy.path).part(name)
    }

    /// Reads everything, full copies too, and checks every block and that all fit together.
    ///
    /// - Parameters:
    ///   - isCancelled: asked after every block.
    ///   - progress: called as often, with the last event checked.
    /// - Throws: `HansardError`: `notABackup`, `newerFormat`, `cancelled`, `system`.
    public func verify(
        isCancelled: () -> Bool = { false }, progress: (Position) -> Void = { _ in }
    ) throws(HansardError) -> BackupCheck {
        do {
            let check = try BackupVerification(directory).run(isCancelled, progress)
            var problems = check.problems
            var soundCopy: (path: String, through: Position)?
            let copies = FullCopies(directory)
            for name in try copies.names() {
                let found = try faults(ofCopy: name, beside: check, isCancelled, progress)
                problems += found.problems
                if found.problems.isEmpty, !check.isSound, found.through > check.soundThrough {
                    soundCopy = (copies.path(name), found.through)
                }
            }
            return BackupCheck(
                logID: check.logID, soundThrough: check.soundThrough,
                eventsCount: check.eventsCount, bytesCount: check.bytesCount, problems: problems,
                soundCopy: soundCopy)
        } catch {
            throw HansardError.wrapping(error, doing: "verifying the backup \(directory.path)")
        }
    }

    /// The fault with a full copy, and the last event of it that is sound.
    private func faults(
        ofCopy name: String, beside segments: BackupCheck, _ isCancelled: () -> Bool,
        _ progress: (Position) -> Void
    ) throws -> (problems: [HansardError], through: Position) {
        let copies = FullCopies(directory)
        do {
            let found = try BackupVerification(BackupDirectory(copies.path(name)))
                .run(isCancelled, progress)
            guard found.isSound else { return (found.problems, found.soundThrough) }
            let contradiction = try copies.contradiction(
                of: name, segmentsSoundThrough: segments.soundThrough)
            return ([contradiction].compactMap { $0 }, found.soundThrough)
        } catch let error as HansardError
            where [.damagedBackup, .notABackup].contains(error.code)
        {
            return ([error], .zero)
        }
    }
}
