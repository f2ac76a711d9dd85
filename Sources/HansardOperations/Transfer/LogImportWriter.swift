import HansardBindings
import HansardEngine
import HansardRecords

/// A new log that is filled from the lines of an export, which other threads read. For one thread.
///
/// Nothing in a line is believed that can be worked out: what follows from the events before is
/// compared with it.
final class LogImportWriter {
    /// The identity of the new log.
    private(set) var meta: LogMeta
    private(set) var header: LogLineHeader?
    private(set) var end = Position.zero
    /// True if the tree of what was imported is the one the export names.
    private(set) var isSame = false

    private let directory: String
    private let settings: Store.Settings
    private let actor: String?
    private let hasher: IDHasher
    private var lastAt = Int64.min
    private var streams: [UInt64: StreamHead] = [:]
    /// Hashes of ids, with a key of the log's own: two ids in 2⁶⁴ share one.
    private var ids: Set<UInt64> = []
    private var tree = CompactRange()
    /// The checksum of the chunks before the one being written.
    private var checksum = XXH64(seed: 0)
    private var isEnded = false
    private var stored: [UInt8] = []

    init(in directory: String, settings: Store.Settings, actor: String?) throws {
        self.directory = directory
        self.settings = settings
        self.actor = actor
        meta = LogMeta(new: settings.clock())
        hasher = IDHasher(key: meta.hashKey)
    }

    /// Takes all lines, and makes what was written durable.
    ///
    /// - Parameter step: called every few thousand events with the last one written.
    func fill(_ lines: () throws -> LogLines?, step: (Position) throws -> Void) throws {
        guard let chunk = try lines() else { throw Self.missing("it is empty") }
        let log = try begin(chunk)
        // The escape ends with the work.
        try withoutActuallyEscaping(lines) { lines in
            var first = Self.behindFirstLine(of: chunk)
            let work = try Pipeline<LogLines, ImportedLines>(
                name: "hansard-import", threads: 2, ahead: 4,
                nextJob: {
                    defer { first = nil }
                    return try first ?? lines()
                },
                makeWorker: { [log = log.log, level = settings.compressionLevel] in
                    let importer = try LineImporter(for: log, level: level)
                    return { try importer.read($0) }
                })
            while try write(work, to: log, step) {}
        }
        guard isEnded else {
            throw Self.missing("it ends after event \(end) of \(header?.last ?? .zero)")
        }
        try note(in: log)
        try log.finish().wait()
    }

    private static func missing(_ what: String) -> HansardError {
        HansardError(.damagedExport, "the export was cut off: \(what)", advice: .takeWholeFile)
    }

    /// Reads the first line, and makes the log.
    private func begin(_ chunk: LogLines) throws -> NewLog {
        let end = Self.firstLineEnd(in: chunk)
        checksum.update(chunk.bytes.span.extracting(..<end))
        let first: LogLine?
        do { first = try LogLineReader().line(chunk.bytes.span.extracting(..<end)) } catch {
            if error.code == .newerFormat { throw Self.refused(error, 1) }
            first = nil
        }
        guard case .begin(let header)? = first else {
            throw HansardError(
                .damagedExport,
                "line 1 does not begin an export of a log",
                advice: .takeLogExport)
        }
        guard header.first == Position(1) else {
            throw HansardError(
                .damagedExport,
                "the export begins with event \(header.first), but an import needs the first event")
        }
        self.header = header
        let ancestor = LogAncestor(
            logID: header.logID, position: header.last,
            recordedAt: Instant(microsecondsSinceUnixEpoch: header.recordedAt),
            restoredAt: meta.createdAt)
        meta = meta.descended(from: header.ancestry + [ancestor])
        return try NewLog(
            in: directory, meta: meta, dictionary: nil, act: nil, settings: settings)
    }

    /// With its newline.
    private static func firstLineEnd(in chunk: LogLines) -> Int {
        Scan.firstNewline(in: chunk.bytes.span).map { $0 + 1 } ?? chunk.bytes.count
    }

    private static func behindFirstLine(of chunk: LogLines) -> LogLines? {
        let bytes = chunk.bytes.dropFirst(firstLineEnd(in: chunk))
        return LogLines(first: chunk.first + 1, bytes: Array(bytes))
    }

    /// Notes where the log comes from, for its first writer to record.
    private func note(in log: NewLog) throws {
        let act = OperatorAct.logImported(
            logID: meta.id, from: header?.logID ?? "", position: end, isSame: isSame)
        try log.note(PendingAct(act.event(by: actor ?? settings.actor, at: meta.createdAt)))
    }

    private static func refused(_ error: HansardError, _ number: Int) -> HansardError {
        HansardError(
            error.code == .newerFormat ? error.code : .damagedExport,
            "line \(number): \(error.what)", advice: error.advice, position: error.position)
    }

    /// Writes what fills a transaction.
    ///
    /// - Returns: whether there may be more.
    private func write(
        _ work: Pipeline<LogLines, ImportedLines>, to log: NewLog,
        _ step: (Position) throws -> Void
    ) throws -> Bool {
        try log.log.environment.write { transaction in
            var bytes = 0
            while bytes < NewLog.transactionBytes {
                guard let read = try work.next() else { return false }
                bytes += try write(read, to: log, in: transaction)
                try step(end)
            }
            return true
        }
    }

    private func write(
        _ read: ImportedLines, to log: NewLog, in transaction: borrowing WriteTransaction
    ) throws -> Int {
        let bytes = read.chunk.bytes
        var (number, written) = (read.chunk.first, 0)
        for line in read.lines {
            do {
                if case .end = line.line { checksum.update(bytes.span.extracting(..<line.start)) }
                written += try take(line, log, transaction)
            } catch let error as HansardError where error.code != .logForked {
                throw Self.refused(error, number)
            }
            number += 1
        }
        if let failure = read.failure { throw Self.refused(failure, number) }
        if !isEnded { checksum.update(bytes.span) }
        return written
    }

    private func take(
        _ read: ImportedLines.Line, _ log: NewLog, _ transaction: borrowing WriteTransaction
    ) throws -> Int {
        guard !isEnded else { throw Self.wrong("it is after the end of the export") }
        switch read.line {
        case .begin: throw Self.wrong("another export begins here")
        case .end(let end):
            try finish(end)
            return 0
        case .event(let event):
            try check(event)
            return try put(event, read, log, transaction)
        }
    }

    private func finish(_ line: LogLineEnd) throws {
        guard line.last == end, header?.last == end else {
            throw Self.wrong(
                "the export ends with event \(line.last), but the lines before it end with \(end): lines "
                    + "are missing")
        }
        if let root = line.root {
            guard root == tree.root else {
                throw HansardError(
                    .logForked,
                    "the events are not the exported ones: a line was changed",
                    advice: .takeWholeFile)
            }
            isSame = true
        }
        if let written = line.checksum,
            written != LogLineEnd.text(checksum: checksum.digest())
        {
            throw Self.wrong(
                "the lines before it are not the exported ones: one was changed. Take the file "
                    + "as it was written, or export again")
        }
        isEnded = true
    }

    private func check(_ line: LogLineEvent) throws {
        guard line.position == end.next else {
            throw Self.wrong(
                line.position <= end
                    ? "event \(line.position) comes after event \(end): it is repeated, or lines "
                        + "were moved"
                    : "event \(line.position) comes after event \(end): events are missing")
        }
        guard line.recordedAt >= lastAt else {
            throw Self.wrong("event \(line.position) was recorded earlier than the event before it")
        }
        try EventCodec.check(line.event)
        guard line.payload.count <= Layout.eventBytesHardMax else {
            throw Self.wrong("event \(line.position) takes \(line.payload.count) bytes")
        }
        for id in Set([line.event.id] + line.event.claims)
        where !ids.insert(hasher.hash(id)).inserted {
            throw Self.wrong("another event already has the id \(id.text)")
        }
    }

    private func put(
        _ line: LogLineEvent, _ read: ImportedLines.Line, _ log: NewLog,
        _ transaction: borrowing WriteTransaction
    ) throws -> Int {
        let stream = hasher.hash(line.event.stream)
        let step = FoldStep(
            line.event, at: line.position, recordedAt: line.recordedAt, clockAt: line.clockAt,
            after: streams[stream])
        guard step.revision == line.revision, step.entity == line.entity else {
            throw Self.wrong(
                "event \(line.position) states revision \(line.revision) and entity "
                    + "\(line.entity.map { "\($0)" } ?? "none"), but the events before lead to "
                    + "\(step.revision) and \(step.entity.map { "\($0)" } ?? "none")")
        }
        streams[stream] = step.head
        let header = step.header(
            dictionary: log.log.dictionaries.newest, rawLength: line.payload.count)
        header.encode(position: line.position.rawValue, frame: read.frame, into: &stored)
        let bytes = stored
        try transaction.append(
            bytes.span, integerKey: line.position.rawValue, to: log.log.events)
        tree.append(step.leaf(payload: read.payload).hash)
        (end, lastAt) = (line.position, line.recordedAt)
        return bytes.count
    }

    private static func wrong(_ what: String) -> HansardError {
        HansardError(.damagedExport, what)
    }
}
