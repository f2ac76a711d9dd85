import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct ImportFailureTests {
    private let fixture: ChatFixture

    init() throws { fixture = try ChatFixture { $0.eventBytesMax = 300_000 } }

    /// A bad line and what its failure must say.
    static let bad: [(line: String, said: [String])] = [
        ("{\"op\":", ["line 3, column"]), ("[]", ["line 3"]), ("nonsense", ["line 3, column 1"]),
        (#"{"op":"create_session"} x"#, ["line 3, column 25"]),
        (#"{"a":1,"a":2}"#, ["line 3, column"]), ("\u{1}", ["line 3"]), ("\0\0\0", ["line 3"]),
        ("{}", ["line 3", "'op'"]), (#"{"op":"drop"}"#, ["line 3", "drop"]),
        (#"{"op":7}"#, ["line 3"]),
        (
            #"{"op":"create_session","created_at":"2025-01-01T00:00:00Z"}"#,
            ["line 3", "session_id"]
        ),
        (#"{"op":"create_session","session_id":"x"}"#, ["line 3", "created_at"]),
        (
            #"{"op":"create_session","session_id":"x","created_at":"soon"}"#,
            ["line 3", "created_at"]
        ),
        (#"{"op":"register_agent","agent_id":"x","created_at":7}"#, ["line 3", "created_at"]),
        (#"{"op":"register_agent","created_at":"2025-01-01T00:00:00Z"}"#, ["line 3", "agent_id"]),
        (
            #"{"op":"create_session","session_id":"x","id":"y","created_at":"2025-01-01T00:00:00Z"}"#,
            ["line 3", "'id'"]
        ),
        (
            #"{"op":"share_context","context_id":"x","id":"y","source_agent_id":"a","target_agent_id":"b"}"#,
            ["line 3", "'id'"]
        ),
        (Lines.message("new", in: "nowhere"), ["line 3", "nowhere"]),
        (Lines.message("m1", in: "s1", text: "other"), ["line 3", "m1"]),
        (Lines.session("s1", title: "other"), ["line 3", "s1"]),
        (Lines.message("big", in: "s1", text: String(repeating: "x", count: 400_000)), ["line 3"]),
        (Lines.agent("big", name: String(repeating: "x", count: 400_000)), ["line 3"]),
        (Lines.message("huge", in: "s1", text: String(repeating: "x", count: 900_000)), ["line 3"]),
    ]

    private func input(_ bad: String) -> String {
        [Lines.session("s1"), Lines.message("m1", in: "s1"), bad, Lines.message("m2", in: "s1")]
            .joined(separator: "\n") + "\n"
    }

    @Test(arguments: bad.indices) func goingOnPassesOverTheLine(number: Int) async throws {
        let (line, said) = Self.bad[number]
        let (report, failures) = try await fixture.importing(input(line), keepingGoing: true)
        #expect([report.lines, report.added, report.failed] == [4, 3, 1], "\(line.prefix(60))")
        #expect(failures.count == 1)
        for text in said { #expect(failures.first?.contains(text) == true, "\(failures)") }
        #expect(try fixture.positions == 3)
        let again = try await fixture.importing(input(line), keepingGoing: true).report
        #expect([again.added, again.repeated, again.failed] == [0, 3, 1])
    }

    /// Stopping leaves every line before the bad one, and says which that was.
    @Test(arguments: bad.indices) func stoppingKeepsTheLinesBefore(number: Int) async throws {
        let (line, said) = Self.bad[number]
        let failure = await #expect(throws: ImportFailure.self) {
            try await fixture.importing(input(line))
        }
        #expect(failure?.line == 3, "\(line.prefix(60))")
        for text in said { #expect(failure?.description.contains(text) == true) }
        #expect(try fixture.read { try $0.message(Identifier("m1")) } != nil)
        #expect(try fixture.positions >= 2)
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: HansardError.self) {
            _ = try ImportSource(path: "/no/such").size
        }
        #expect(error?.what.contains("/no/such") == true)
    }
}
