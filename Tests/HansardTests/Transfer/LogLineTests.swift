import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Lines of an exported log that can't be read: each fault has the code that it has everywhere.
@Suite struct LogLineTests {
    private static let good = [
        ("position", "7"), ("revision", "0"), ("recorded_at", #""2026-01-01T00:00:00Z""#),
        ("id", #""e""#), ("type", #""t""#), ("schema_version", "1"), ("stream", #""a/b""#),
        ("data", "{}"),
    ]

    /// The line with a field added, changed, or left out (nil).
    private static func line(_ name: String? = nil, _ value: String? = nil) -> [UInt8] {
        var fields = good.filter { $0.0 != name }
        if let name, let value { fields.append((name, value)) }
        return Array(("{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}").utf8)
    }

    private func refusal(_ bytes: [UInt8]) -> HansardError? {
        do {
            _ = try LogLineReader().line(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test func theGoodLineIsRead() { #expect(refusal(Self.line()) == nil) }

    @Test(arguments: [
        ("position", #""7""#), ("revision", "0.5"), ("recorded_at", "7"), ("id", "7"),
        ("type", "7"),
        ("schema_version", #""1""#), ("stream", "7"), ("data", "[]"), ("metadata", "7"),
        ("lifecycle", "7"), ("actor", "7"), ("on_behalf_of", "{}"), ("correlation_id", "7"),
        ("claims", "7"), ("claims", "[7]"), ("filled_fields", "{}"),
    ]) func anotherTypeIsAWrongType(name: String, value: String) {
        #expect(refusal(Self.line(name, value))?.code == .wrongType)
    }

    @Test(arguments: [
        ("position", "-1", ErrorCode.invalidArgument), ("revision", "-1", .invalidArgument),
        ("lifecycle", #""dies""#, .invalidArgument), ("recorded_at", #""soon""#, .invalidTime),
        ("id", #""""#, .invalidIdentifier), ("claims", #"[""]"#, .invalidIdentifier),
        ("payload", #""!""#, .invalidArgument),
    ]) func aValueThatIsNotAllowedHasItsCode(name: String, value: String, code: ErrorCode) {
        #expect(refusal(Self.line(name, value))?.code == code)
    }

    @Test(arguments: good.map(\.0)) func aMissingFieldIsAnInvalidArgument(name: String) {
        #expect(refusal(Self.line(name))?.code == .invalidArgument)
    }

    @Test func aFaultHasAdvice() {
        #expect(refusal(Self.line("type", "7 7"))?.advice == nil)
        let twice = refusal(Array(#"{"position":1,"position":2}"#.utf8))
        #expect(twice?.code == .duplicateKey && twice?.advice == .correct(.keepOne))
        let damaged = refusal(Self.line("payload", #""AAAA""#))
        #expect(damaged?.code == .invalidArgument && damaged?.advice == .takeWholeFile)
    }
}
