import Hansard
import HansardBindings
import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A projection that writes a row for each event, and the last position of each stream. Operators'
/// acts are none of its business: how many there are depends on rebuilds, and rows are compared.
///
/// It fails at the position it is told to.
struct Ledger: Projection {
    let tables = ["ledger.events", "ledger.streams"]
    var failsAt: UInt64?

    struct Failure: Error {}

    static var unit: ProjectionUnit {
        ProjectionUnit(name: "ledger", version: 1, projections: [Ledger()])
    }

    static func failing(at position: UInt64) -> ProjectionUnit {
        ProjectionUnit(name: "ledger", version: 1, projections: [Ledger(failsAt: position)])
    }

    func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        if event.event.isAct { return }
        let key = Array(event.event.stream.text.utf8)
        let before = try tables.get(key, table: 1) ?? []
        try tables.put(before, for: Self.key(event.position), table: 0)
        try tables.put(Self.key(event.position), for: key, table: 1)
        if event.position.rawValue == failsAt { throw Failure() }
    }

    private static func key(_ position: Position) -> [UInt8] {
        var key: [UInt8] = []
        OrderedInteger.append(position.rawValue, to: &key)
        return key
    }
}

extension ReadView {
    /// The ledger's rows: position and the position before it in its stream, in hexadecimal.
    func ledger() throws -> [String] {
        var rows: [String] = []
        try table("ledger.events").scan(KeyRange(prefix: [])) { key, value in
            rows.append("\(Bytes.array(key).hex) after \(Bytes.array(value).hex)")
            return true
        }
        return rows
    }
}

extension Store {
    func ledger() throws -> [String] { try read { try $0.ledger() } }
}
