import Foundation
import Hansard
import HansardTesting
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// The lines of a store's export.
func export(_ fixture: ContractFixture) throws -> String {
    var exporter = Exporter(fixture.chat)
    var text: [UInt8] = []
    try exporter.run(from: Position(1), through: nil) { lines, _ in
        text += lines
        return true
    }
    return String(decoding: text, as: UTF8.self)
}

/// Takes lines into a store.
func importing(
    _ text: String, into fixture: ContractFixture, takesProvenance: Bool = true
) async throws -> ImportReport {
    let directory = try TemporaryDirectory()
    let path = directory.path("input")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { withExtendedLifetime(directory) {} }
    var options = Importer.Options()
    options.takesProvenance = takesProvenance
    return try await Importer(into: fixture.chat, options: options).run(ImportSource(path: path))
}
