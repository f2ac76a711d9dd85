import Foundation
import HansardTesting
import Testing

@testable import HansardBindings

/// LMDB leaves a file shorter than its meta page says when pages at its end were taken and freed
/// again. Such a file must be opened; one that lacks a page in use must not.
struct ShortFileTests {
    private static let entriesCount = 300

    /// An environment with small entries, and a large value put before some of them and deleted
    /// again.
    private func environmentWithFreedPages() throws -> TemporaryDirectory {
        let fixture = try Fixture()
        let large = noise(40_000)
        try fixture.environment.write { txn in
            for number in 0..<Self.entriesCount {
                try txn.put(
                    noise(50).span, for: Array("key \(number)".utf8).span, in: fixture.bytes)
            }
        }
        try fixture.environment.write { txn in
            try txn.put(large.span, for: Array("large".utf8).span, in: fixture.bytes)
        }
        try fixture.environment.write { txn in
            _ = try txn.delete(Array("large".utf8).span, from: fixture.bytes)
        }
        // Later commits use the freed pages again and leave those at the end to nobody.
        for number in 0..<8 {
            try fixture.environment.write { txn in
                try txn.put(
                    noise(50).span, for: Array("key \(number)".utf8).span, in: fixture.bytes)
            }
        }
        fixture.environment.close()
        return fixture.directory
    }

    /// Cuts the file page by page; at each length it is refused, or nothing is missing.
    @Test func aShortFileIsRefusedOrLacksNothing() throws {
        let directory = try environmentWithFreedPages()
        let pages = try DataFileCheck.check(directory.dataFile).fileSize / 4096
        var (opened, refused) = (0, 0)
        for _ in 1..<pages - 1 {
            try directory.rewrite { $0.removeLast(4096) }
            let copy = try TemporaryDirectory()
            try FileManager.default.copyItem(atPath: directory.dataFile, toPath: copy.dataFile)
            do {
                _ = try DataFileCheck.check(copy.dataFile)
                opened += 1
                #expect(try entriesCount(copy) == Self.entriesCount)
            } catch {
                guard case .truncated? = error as? DataFileFailure else {
                    Issue.record("\(error)")
                    continue
                }
                refused += 1
            }
        }
        #expect(opened > 0 && refused > 0, "\(opened) opened, \(refused) refused")
    }

    private func entriesCount(_ directory: TemporaryDirectory) throws -> Int {
        let environment = try Environment(directory: directory.path)
        defer { environment.close() }
        let table = try #require(try environment.openDatabase("bytes", create: false))
        return try environment.read { txn in
            try txn.withCursor(table) { cursor in
                var count = 0
                var isFound = try cursor.first()
                while isFound {
                    count += 1
                    isFound = try cursor.next()
                }
                return count
            }
        }
    }
}
