import Hansard
import HansardBindings
import Synchronization

/// Lets a fold meet an error of LMDB after half an event, so that the whole group of appends fails.
final class Faults: Sendable {
    /// Folds until the next fault; nil when there is none.
    private let countdown = Mutex<Int?>(nil)

    func arm(after folds: Int) { countdown.withLock { $0 = folds } }
    func disarm() { countdown.withLock { $0 = nil } }

    fileprivate func check() throws {
        let isDue = countdown.withLock { count in
            count = count.map { $0 - 1 }
            return count == -1
        }
        if isDue { throw LMDBError(code: .pageNotFound, call: "mdb_get") }
    }

    /// The same units, with faults.
    func units(_ units: [ProjectionUnit]) -> [ProjectionUnit] {
        units.map { unit in
            ProjectionUnit(
                name: unit.name, version: unit.version,
                projections: unit.projections.map { Faulty(projection: $0, faults: self) })
        }
    }
}

/// A projection that fails after it has written its rows.
private struct Faulty: Projection {
    let projection: any Projection
    let faults: Faults

    var tables: [String] { projection.tables }

    func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        try projection.fold(event, into: tables)
        try faults.check()
    }
}
