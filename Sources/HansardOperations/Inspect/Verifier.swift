import HansardBindings
public import HansardEngine
import HansardRecords

/// Checks a whole store, read-only, while it is in use: every event of the log, and that index ∪
/// tail equals a replay of the log, byte for byte.
///
/// The replay goes into a scratch index in a temporary directory. Tables are compared in slices;
/// before each slice the replay is brought to the position the store is read at, so no read
/// transaction is long.
public struct Verifier {
    let store: Store
    private let scratchParent: String
    private let scratchDirectory: String
    private let progress: (VerificationProgress) -> Void
    var report = VerificationReport()
    /// Files with checkpoints kept outside the store, which the log must continue as well.
    public var checkpointFiles: [String] = []
    /// Asked between steps of some thousand events or rows; true ends the verification.
    public var isCancelled: () -> Bool = { false }

    private static let sliceRowsMax = 10_000

    /// - Parameter scratchParent: where the replay is kept meanwhile; it takes about as much room
    ///   as the index.
    public init(
        _ store: Store, scratchParent: String = Verifier.temporaryDirectory,
        progress: @escaping (VerificationProgress) -> Void = { _ in }
    ) {
        self.store = store
        self.progress = progress
        self.scratchParent = scratchParent
        scratchDirectory = "\(scratchParent)/hansard-verify-\(Identifier.random().text)"
    }

    /// `TMPDIR`, or /tmp.
    public static var temporaryDirectory: String { FileSystem.temporaryDirectory }

    /// Verifies the store.
    ///
    /// - Returns: what was found. Damage is in the report, not thrown.
    /// - Throws: `HansardError` when the checking itself can't be done: `full` when there is no
    ///   room for the replay; `cancelled`, saying how far it got, when `isCancelled` said so;
    ///   `otherLog`, `untrustedKey`, `invalidProof` for a checkpoint given that is not of this log.
    public mutating func run() throws(HansardError) -> VerificationReport {
        report = VerificationReport()
        do {
            let given = try readGivenCheckpoints()
            try FileSystem.createDirectory(scratchDirectory, mode: 0o700)
            let replay = try Replay(of: store, in: scratchDirectory)
            let served = Set(replay.units.map(\.name))
            report.unitsLeftOut = store.statuses.wanted.map(\.name).filter { !served.contains($0) }
            // The files stay until the replay lets go of them; nothing is left behind even by a
            // kill.
            try FileSystem.removeTree(scratchDirectory)
            do { try compare(with: replay, and: given) } catch {
                // Asked while the replay still takes what it could get.
                throw isOutOfRoom(error) ? noRoom(error) : error
            }
            return report
        } catch {
            let failure = isOutOfRoom(error) ? noRoom(error) : error
            try? FileSystem.removeTree(scratchDirectory)
            throw HansardError.wrapping(failure, doing: "verifying the store")
        }
    }

    private mutating func compare(with replay: Replay, and given: [SignedCheckpoint]) throws {
        guard try checkLog(replay) else { return }
        report.isIndexCompared = true
        try compareTables(replay)
        try compareCheckpoints(replay, and: given)
    }

    private func isOutOfRoom(_ error: any Error) -> Bool {
        if ErrorCode(of: error) == .full { return true }
        // LMDB reports a full disk as EIO when a write comes back short.
        let free = (try? FileSystem.freeBytes(at: scratchParent)) ?? .max
        return (error as? LMDBError)?.code == .inputOutput && free < Self.freeBytesLow
    }

    private static let freeBytesLow = 4 << 20

    private func noRoom(_ error: any Error) -> HansardError {
        if let error = error as? HansardError, error.code == .full { return error }
        return HansardError(
            .full,
            "there is no room for the replay in \(scratchParent), so the store was not checked; "
                + "it takes about as much as the index",
            advice: .freeScratch(path: scratchParent), path: scratchParent, underlying: error)
    }

    private func checkCancelled(_ done: @autoclosure () -> String) throws(HansardError) {
        if isCancelled() { throw HansardError(.cancelled, done()) }
    }

    /// Replays the whole log; false when it is damaged, so that there is nothing to compare with.
    private mutating func checkLog(_ replay: Replay) throws -> Bool {
        do {
            let head = try store.log.environment.read { try store.log.head(in: $0) }
            while replay.end < head {
                try checkCancelled(
                    "replayed the log up to event \(replay.end) of \(head), which is sound so far; "
                        + "the index was not compared")
                try replay.advance(through: min(head, Position(replay.end.rawValue + 10_000)))
                progress(
                    VerificationProgress(
                        phase: "reading the log", done: Int(replay.end.rawValue),
                        total: Int(head.rawValue)))
            }
        } catch let error as HansardError where error.code == .corruptEvent {
            try addDamagedEvents(after: replay.end)
            return false
        }
        report.eventsCount = Int(replay.end.rawValue)
        report.head = replay.end
        return true
    }

    /// After the first damaged event: looks at each one for itself, so that all are named.
    private mutating func addDamagedEvents(after sound: Position) throws {
        report = try LogReader(store).check(isCancelled: isCancelled)
        if report.isSound {
            // Each event is sound for itself, but they do not follow from each other.
            report.add(
                HansardError(
                    .corruptEvent, "an event after \(sound) does not follow from those before it",
                    position: sound.next))
        }
    }

    private mutating func compareTables(_ replay: Replay) throws {
        for unit in replay.units {
            for (number, name) in unit.tables.enumerated() {
                try compare(replay, unit: unit.number, table: number, name: name)
            }
        }
    }

    private mutating func compare(
        _ replay: Replay, unit: Int, table: Int, name: String
    ) throws {
        var lower: [UInt8] = []
        var rows = 0
        while let key = try comparedSlice(replay, unit, table, name, from: lower, rows: &rows) {
            lower = key + [0]
            try checkCancelled(
                "the log is sound up to event \(replay.end); \(report.rowsCount + rows) rows of the "
                    + "index were compared, the last of \(name)")
            progress(VerificationProgress(phase: "comparing \(name)", done: rows, total: nil))
        }
        report.rowsCount += rows
    }

    /// `compareSlice`, where the pages can be followed; else the table is damaged and ends here.
    private mutating func comparedSlice(
        _ replay: Replay, _ unit: Int, _ table: Int, _ name: String, from lower: [UInt8],
        rows: inout Int
    ) throws -> [UInt8]? {
        do {
            return try compareSlice(replay, unit, table, name, from: lower, rows: &rows)
        } catch let error as HansardError where error.code == .corruptIndex {
            report.add(error.with(what: "the index table \(name): \(error.what)"), table: name)
            return nil
        }
    }

    /// Compares up to `sliceRowsMax` rows; the last key of the slice, or nil at the table's end.
    private mutating func compareSlice(
        _ replay: Replay, _ unit: Int, _ table: Int, _ name: String, from lower: [UInt8],
        rows: inout Int
    ) throws -> [UInt8]? {
        let slice = try store.read { view -> (rows: [TableRow], stop: UnitStop?) in
            try replay.advance(through: view.position)
            // Numbers belong to a generation, and the store may have moved to another.
            let served = view.published.index.tablesByName[name]
            let unit = served?.unit ?? unit
            return (
                try view.rows(ofUnit: unit, table: table, from: lower, limit: Self.sliceRowsMax),
                view.published.units[unit].stop
            )
        }
        if let stop = slice.stop {
            if lower.isEmpty {
                report.add(stop.error, table: name)
            }
            return nil
        }
        report.head = max(report.head, replay.end)
        report.eventsCount = Int(replay.end.rawValue)
        let isLast = slice.rows.count < Self.sliceRowsMax
        let upper = isLast ? nil : slice.rows.last.map { $0.key + [0] }
        let expected = try replay.rows(unit: unit, table: table, from: lower, to: upper)
        rows += slice.rows.count
        addDifferences(name, found: slice.rows, expected: expected)
        return isLast ? nil : slice.rows.last?.key
    }

    private mutating func addDifferences(
        _ name: String, found: [TableRow], expected: [TableRow]
    ) {
        if found == expected { return }
        let foundByKey = Dictionary(
            found.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let expectedByKey = Dictionary(
            expected.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        for row in expected where foundByKey[row.key] != row.value {
            let what = foundByKey[row.key] == nil ? "lacks" : "has another value for"
            addRow(name, what, row.key)
        }
        for row in found where expectedByKey[row.key] == nil {
            addRow(name, "has a row that a replay does not give,", row.key)
        }
        if found.count != foundByKey.count {
            let what = "the index table \(name) holds a key twice"
            report.add(HansardError(.corruptIndex, what, advice: .rebuild), table: name)
        }
    }

    private mutating func addRow(_ name: String, _ what: String, _ key: [UInt8]) {
        let hex = key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let finding = "the index table \(name) \(what) key \(hex)"
        report.add(HansardError(.corruptIndex, finding, advice: .rebuild), table: name)
    }
}
