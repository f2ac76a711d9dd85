import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct CreationTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: ["new", "new/", "empty", "empty/", "./new", "empty//"])
    func aStoreIsMadeWhereNothingIs(name: String) throws {
        try FileSystem.createDirectory(directory.path + "/empty")
        let path = "\(directory.path)/\(name)"
        try Store.create(at: path)
        let store = try Store.open(path, units: [])
        #expect(try store.positions() == 0)
        #expect(try store.add(event()).position == Position(1))
        try store.close()
        #expect(
            try Set(FileSystem.names(in: directory.path))
                == ["empty", "new"].filter {
                    FileSystem.exists("\(directory.path)/\($0)")
                }.reduce(into: []) { $0.insert($1) })
    }

    @Test func aStoreIsNeverMadeOverAnother() throws {
        try Store.create(at: directory.path + "/a")
        #expect(code { try Store.create(at: directory.path + "/a") } == .alreadyExists)
        #expect(code { try Store.create(at: directory.path + "/a/") } == .alreadyExists)
        let store = try Store.open(directory.path + "/a", units: [])
        try store.add(event())
        #expect(code { try Store.create(at: directory.path + "/a") } == .alreadyExists)
        #expect(try store.positions() == 1)
    }

    @Test func aStoreIsMadeOnlyIfMissing() throws {
        let path = "\(directory.path)/a"
        #expect(try Store.createIfMissing(at: path))
        let identity = try FileSystem.identity(of: path + "/log/data.mdb")
        #expect(try !Store.createIfMissing(at: path))
        #expect(try FileSystem.identity(of: path + "/log/data.mdb") == identity)
        try FileSystem.createDirectory("\(directory.path)/other")
        try FileSystem.writeNewFile("\(directory.path)/other/notes", [1].span)
        #expect(
            code { _ = try Store.createIfMissing(at: "\(directory.path)/other") } == .alreadyExists)
    }

    @Test func aDirectoryInUseIsLeftAlone() throws {
        try FileSystem.writeNewFile(directory.path + "/notes.txt", [1].span)
        #expect(code { try Store.create(at: directory.path) } == .alreadyExists)
        #expect(try FileSystem.names(in: directory.path) == ["notes.txt"])
    }

    @Test func nothingIsLeftBehindWhereThereIsNoRoom() throws {
        #expect(code { try Store.create(at: directory.path + "/no/where") } != nil)
        try FileSystem.writeNewFile(directory.path + "/file", [1].span)
        #expect(code { try Store.create(at: directory.path + "/file") } != nil)
        #expect(code { try Store.create(at: directory.path + "/file/store") } != nil)
        #expect(try FileSystem.names(in: directory.path) == ["file"])
    }

    /// Leftovers of a crash beside the place are not in the way of the next attempt.
    @Test func leftoversOfACrashAreNoObstacle() throws {
        try FileSystem.createDirectory(directory.path + "/a.new-0b9c")
        try FileSystem.createDirectory(directory.path + "/a.new-0b9c/log")
        try Store.create(at: directory.path + "/a")
        #expect(try Store.open(directory.path + "/a", units: []).positions() == 0)
    }

    /// Two stores made alike share neither identity nor hashes.
    @Test func everyStoreHasItsOwnIdentity() throws {
        try Store.create(at: directory.path + "/a")
        try Store.create(at: directory.path + "/b")
        let (a, b) = (
            try Store.open(directory.path + "/a", units: []),
            try Store.open(directory.path + "/b", units: [])
        )
        #expect(a.log.id != b.log.id)
        let name = try stream("x")
        #expect(a.log.hasher.hash(name) != b.log.hasher.hash(name))
        try a.add(event())
        #expect(try a.positions() == 1)
        #expect(try b.positions() == 0)
    }
}
