import Foundation
public import Hansard
import HansardBindings
import HansardChat
import HansardProjections

/// Every table of a store of the chat domain, entry by entry, for comparing two stores byte for
/// byte.
public struct TableContents: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public let key: [UInt8]
        public let value: [UInt8]
    }

    /// By name of the table, in key order.
    public private(set) var tables: [String: [Row]] = [:]
    public let position: Position

    public static let names =
        ["core.ids", "core.streams"] + ChatUnits.all.flatMap { $0.projections.flatMap(\.tables) }

    /// Reads all tables of a view, forwards, and checks that backwards gives the same.
    public init(_ view: ReadView) throws {
        position = view.position
        for name in Self.names {
            let rows = try Self.rows(of: name, in: view, .forwards)
            let backwards = try Self.rows(of: name, in: view, .backwards)
            guard rows == backwards.reversed() else {
                throw Mismatch("\(name) backwards is not \(name) forwards")
            }
            for row in rows where try view.table(name).get(row.key) != row.value {
                throw Mismatch("\(name) has another value for \(row.key) when asked for the key")
            }
            tables[name] = rows
        }
    }

    private static func rows(
        of name: String, in view: ReadView, _ direction: Direction
    ) throws -> [Row] {
        var rows: [Row] = []
        try view.table(name).scan(KeyRange(prefix: []), direction) { key, value in
            rows.append(Row(key: Bytes.array(key), value: Bytes.array(value)))
            return true
        }
        return rows
    }

    /// The differences from `other`; empty when there are none.
    public func differences(from other: TableContents) -> [String] {
        if position != other.position { return ["ends at \(position), not at \(other.position)"] }
        return Self.names.compactMap { name in
            let (mine, theirs) = (tables[name] ?? [], other.tables[name] ?? [])
            if mine == theirs { return nil }
            let common = zip(mine, theirs).prefix { $0 == $1 }.count
            let (here, there) = (mine.dropFirst(common).first, theirs.dropFirst(common).first)
            return "\(name) has \(mine.count) rows, not \(theirs.count); row \(common) is "
                + "\(here.map { "\($0.key)=\($0.value)" } ?? "missing"), not "
                + "\(there.map { "\($0.key)=\($0.value)" } ?? "there")"
        }
    }
}

/// Something is not as it should be.
public struct Mismatch: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// The same log with an index built again: the other half of "index ∪ tail = replay".
public enum FreshReplay {
    /// Copies the log of the store at `path`, to which nobody is writing, and folds it from the
    /// first event into an index that was not there before.
    public static func contents(of path: String) throws -> TableContents {
        let directory = try TemporaryDirectory()
        let copy = directory.path("copy")
        try FileSystem.createDirectory(copy)
        try FileSystem.createDirectory("\(copy)/log")
        try FileManager.default.copyItem(
            atPath: "\(path)/log/data.mdb", toPath: "\(copy)/log/data.mdb")
        return try withExtendedLifetime(directory) {
            let chat = try Chat.open(copy)
            let contents = try chat.store.read { try TableContents($0) }
            try chat.store.close()
            return contents
        }
    }
}
