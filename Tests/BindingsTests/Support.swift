import Foundation
import HansardBindings
import HansardTesting
import Testing

extension TemporaryDirectory {
    var dataFile: String { path("data.mdb") }

    /// The data file's bytes, changed by `edit` and written back.
    func rewrite(_ edit: (inout [UInt8]) -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: dataFile)))
        edit(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: dataFile))
    }
}

/// An environment in a directory of its own with one database of each kind.
final class Fixture {
    let directory: TemporaryDirectory
    let environment: Environment
    let bytes: Database
    let integers: Database

    init(options: Environment.Options = .init()) throws {
        directory = try TemporaryDirectory()
        environment = try Environment(directory: directory.path, options: options)
        bytes = try #require(try environment.openDatabase("bytes", create: true))
        integers = try #require(
            try environment.openDatabase("integers", integerKeys: true, create: true))
    }

    deinit { environment.close() }

    func put(_ key: String, _ value: String) throws {
        try environment.write { txn in
            try txn.put(Array(value.utf8).span, for: Array(key.utf8).span, in: bytes)
        }
    }

    func get(_ key: String) throws -> String? {
        try environment.read { txn in
            try txn.get(Array(key.utf8).span, from: bytes).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}

/// Bytes that do not compress, the same each time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}
