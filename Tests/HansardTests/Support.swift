import Foundation
import Hansard
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

extension TemporaryDirectory {
    /// A file's bytes, changed by `edit` and written back.
    func rewrite(_ name: String, _ edit: (inout [UInt8]) -> Void) throws {
        let url = URL(fileURLWithPath: path(name))
        var bytes = [UInt8](try Data(contentsOf: url))
        edit(&bytes)
        try Data(bytes).write(to: url)
    }
}

/// A store in a directory of its own; opened again as often as a test likes.
final class StoreFixture {
    let directory: TemporaryDirectory
    var path: String { directory.path + "/store" }

    init(settings: Store.Settings = .tested) throws {
        directory = try TemporaryDirectory()
        try Store.create(at: path, settings: settings)
    }

    func open(
        units: [ProjectionUnit] = [], settings: Store.Settings = .tested
    ) throws(HansardError) -> Store {
        try Store.open(path, units: units, settings: settings)
    }
}

extension Store.Settings {
    /// Store.Settings under which nothing is flushed unless a test or a limit says so.
    static var tested: Store.Settings {
        var settings = Store.Settings()
        settings.flushAge = .seconds(3_600)
        return settings
    }

    func with(_ change: (inout Store.Settings) -> Void) -> Store.Settings {
        var copy = self
        change(&copy)
        return copy
    }
}

typealias Seeded = SeededGenerator

extension SeededGenerator {
    init(_ seed: Int) { self.init(seed: UInt64(seed)) }
}

func stream(_ id: String, category: String = "session") throws -> StreamName {
    try StreamName(category: category, id: Identifier(id))
}

func event(
    _ id: String? = nil, type: String = "noted", in name: String = "s1",
    _ lifecycle: Lifecycle = .continues, claims: [String] = [], data: String = #"{"a":1}"#
) throws -> Event {
    Event(
        id: try id.map { try Identifier($0) } ?? .random(), type: EventType(type),
        stream: try stream(name), lifecycle: lifecycle,
        claims: try claims.map { try Identifier($0) },
        data: try Record(json: data))
}

extension Event {
    /// True if it records what an operator did to the store.
    var isAct: Bool { stream.category == "system" }
}

/// The code of the error `body` throws; nil when it throws none.
func code(_ body: () throws -> Void) -> ErrorCode? {
    do {
        try body()
        return nil
    } catch {
        return ErrorCode(of: error)
    }
}

extension Result where Success == Appended, Failure == HansardError {
    var code: ErrorCode? {
        if case .failure(let error) = self { return error.code }
        return nil
    }
}

extension Store {
    /// Appends one event and gives its place.
    @discardableResult
    func add(
        _ event: Event, _ expecting: [StreamName: ExpectedRevision] = [:]
    ) throws -> RecordedEvent {
        let appended = try appendBlocking(Append([event], expecting: expecting))
        return try read { try #require(try $0.event(at: appended.first)) }
    }

    func positions() throws -> UInt64 { try read { $0.position.rawValue } }

    /// Every event, as far as it tells itself from others.
    func history() throws -> [String] {
        try read { view in
            var lines: [String] = []
            try view.forEachEvent(from: Position(1), through: view.position) {
                lines.append(
                    "\($0.position) \($0.revision) \($0.event.stream) \($0.event.id) "
                        + "\($0.event.type) \(try $0.event.data.json())")
            }
            return lines
        }
    }
}
