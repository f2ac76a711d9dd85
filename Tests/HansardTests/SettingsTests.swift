import Hansard
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct SettingsTests {
    @Test func theDefaultsAreValid() throws { try Store.Settings().validate() }

    typealias Change = @Sendable (inout Store.Settings) -> Void

    static let bad: [(name: String, change: Change)] = [
        ("flushEventsMax", { $0.flushEventsMax = 0 }),
        ("flushBytesMax", { $0.flushBytesMax = 0 }),
        ("queueEventsMax", { $0.queueEventsMax = -1 }),
        ("groupEventsMax", { $0.groupEventsMax = 0 }),
        ("appendEventsMax", { $0.appendEventsMax = 0 }),
        ("eventBytesMax", { $0.eventBytesMax = .max }),
        ("actor", { $0.actor = "" }),
        ("compressionLevel", { $0.compressionLevel = 19 }),
        ("flushAge", { $0.flushAge = .seconds(3_601) }),
        ("flushAge", { $0.flushAge = .microseconds(-1) }),
    ]

    /// Each setting out of its bounds is named.
    @Test(arguments: bad.indices) func whatCannotWorkIsRefused(number: Int) {
        let (name, change) = Self.bad[number]
        var settings = Store.Settings()
        change(&settings)
        let error = #expect(throws: HansardError.self) { try settings.validate() }
        #expect(error?.code == .invalidArgument && error?.what.contains(name) == true)
    }
}
