import Foundation
import HansardTesting
import Testing

@testable import HansardBindings

/// The numbers of a database stand in its environment's file, where damage can make them any.
@Suite struct DamagedStatisticsTests {
    @Test func numbersThatCannotBeAreDamage() throws {
        let directory = try TemporaryDirectory()
        let name = "database-of-this-test"
        var environment = try Environment(directory: directory.path)
        _ = try environment.openDatabase(name, create: true)
        environment.close()
        // After the name come 8 bytes of flags and depth, and the counts of branch and leaf pages.
        let file = URL(fileURLWithPath: "\(directory.path)/data.mdb")
        var bytes = try Data(contentsOf: file)
        var found = 0
        var rest = bytes.startIndex..<bytes.endIndex
        while let place = bytes.range(of: Data(name.utf8), in: rest) {
            for byte in 8..<24 { bytes[place.upperBound + byte] = 0x7F }
            found += 1
            rest = place.upperBound..<bytes.endIndex
        }
        try #require(found > 0)
        try bytes.write(to: file)
        environment = try Environment(directory: directory.path)
        defer { environment.close() }
        let database = try #require(try environment.openDatabase(name, create: false))
        let failure = #expect(throws: LMDBError.self) {
            try environment.read { try environment.statistics(database, in: $0) }
        }
        #expect(failure?.code == .corrupted)
    }
}
