import ArgumentParser
import HansardRecords
import Testing

@testable import HansardCLI

/// Moments as people write them on a command line.
@Suite struct GivenTimeTests {
    @Test(arguments: [
        ("2026-11-27T18:25:30.5Z", "2026-11-27T18:25:30.5Z"),
        ("2026-11-27", "2026-11-27T00:00:00Z"),
        ("2026-11-27T18:25", "2026-11-27T18:25:00Z"), ("2026-11-27 18:25", "2026-11-27T18:25:00Z"),
        ("2026-11-27T18:25Z", "2026-11-27T18:25:00Z"),
        ("2026-11-27T18:25+02:00", "2026-11-27T16:25:00Z"),
        ("2026-11-27T18:25:30", "2026-11-27T18:25:30Z"),
    ]) func datesAndMinutesAreTimes(given: String, meant: String) throws {
        let found = try GivenTime.instant(given, option: "--since")
        #expect(found == (try Instant(meant)))
    }

    @Test(arguments: [
        "", "soon", "2026-11-27T18", "2026-11-27T18:2", "2026-11-27T18:25:", "2026-11-27T18:25.5",
        "2026-11-27T18:61", "2026-13-27", "2026-11-27T18:25é",
    ]) func anythingElseIsNot(given: String) {
        let error = #expect(throws: ValidationError.self) {
            try GivenTime.instant(given, option: "--since")
        }
        #expect(error?.message.contains("--since: '\(given)' is not a time") == true)
    }
}
