import Hansard
import HansardBindings
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct ImportTests {
    private let fixture: ChatFixture

    init() throws { fixture = try ChatFixture() }

    static let mixed = [
        Lines.session("s1"), Lines.agent("a1", name: "A"), Lines.message("m1", in: "s1"),
        Lines.message("m2", in: "s1"), Lines.session("s2"), Lines.message("m3", in: "s2"),
    ]

    /// The same input again adds nothing, however often.
    @Test func importingAgainAddsNothing() async throws {
        let text = Self.mixed.joined(separator: "\n") + "\n"
        let first = try await fixture.importing(text).report
        #expect([first.lines, first.added, first.repeated, first.failed] == [6, 6, 0, 0])
        #expect(first.bytesRead == text.utf8.count)
        for _ in 0..<2 {
            let again = try await fixture.importing(text).report
            #expect([again.lines, again.added, again.repeated, again.failed] == [6, 0, 6, 0])
        }
        #expect(try fixture.positions == 6)
        #expect(try fixture.read { try $0.messagesCount(ofSession: Identifier("s1")) } == 2)
    }

    static let forms: [(name: String, text: String)] = [
        ("LF", mixed.joined(separator: "\n") + "\n"),
        ("no newline at the end", mixed.joined(separator: "\n")),
        ("CRLF", mixed.joined(separator: "\r\n") + "\r\n"),
        ("blank lines", "\n\n \t\n" + mixed.joined(separator: "\n\n\r\n") + "\n\n"),
        ("spaces around", mixed.map { "  \($0)\t " }.joined(separator: "\n")),
    ]

    @Test(arguments: forms.indices) func lineEndsMakeNoDifference(number: Int) async throws {
        let report = try await fixture.importing(Self.forms[number].text).report
        #expect(
            [report.lines, report.added, report.failed] == [6, 6, 0], "\(Self.forms[number].name)")
    }

    @Test func anEmptyInputIsNoError() async throws {
        for text in ["", "\n", "\r\n\r\n", "   "] {
            #expect(try await fixture.importing(text).report.lines == 0)
        }
        #expect(try fixture.positions == 0)
    }

    /// Agents' cards that come back to an older one are all kept, and none is added twice.
    @Test func cardsThatComeBackAreKept() async throws {
        let text = ["A", "B", "A", "A"].map { Lines.agent("a1", name: $0) }.joined(separator: "\n")
        #expect(try await fixture.importing(text).report.added == 3)
        let again = try await fixture.importing(text).report
        #expect([again.added, again.repeated] == [0, 4])
        let agent = try #require(try fixture.read { try $0.agent(Identifier("a1")) })
        #expect(agent.fields.string("name") == "A")
        #expect(try fixture.read { try $0.history(.agent, Identifier("a1")).count } == 3)
    }

    @Test func compressedInputIsTheSame() async throws {
        let text = Lines.sample(messages: 2_000).joined(separator: "\n")
        let packed = try zstd(text)
        #expect(packed.count < text.utf8.count)
        let report = try await fixture.importing(packed).report
        #expect([report.lines, report.added, report.bytesRead] == [2_001, 2_001, packed.count])
        #expect(try await fixture.importing(text).report.added == 0)
    }

    /// A file cut off is told from one with a bad line; every whole line before is in.
    @Test func aCutOffFileIsSaidToBeCutOff() async throws {
        let packed = try zstd(Lines.sample(messages: 4_000).joined(separator: "\n"))
        for share in [2, 3] {
            let error = await #expect(throws: HansardError.self) {
                try await fixture.importing(Array(packed[..<(packed.count * (share - 1) / share)]))
            }
            #expect(error?.code == .damagedInput && error?.advice == .takeWholeFile)
        }
        let held = try fixture.positions
        #expect(held > 0 && held < 4_001)
        let report = try await fixture.importing(packed).report
        #expect([report.added, report.repeated] == [4_001 - Int(held), Int(held)])
    }

    /// Every whole line before the damage is in, as the error promises.
    @Test func damagedInputKeepsTheLinesBefore() async throws {
        let lines = Lines.sample(messages: 6_000)
        let packed =
            try zstd(lines.joined(separator: "\n") + "\n{") + Array("no frame of zstd".utf8)
        let error = await #expect(throws: HansardError.self) { try await fixture.importing(packed) }
        #expect(error?.code == .damagedInput && error?.advice == .compareWithWholeCopy)
        #expect(try fixture.positions == 6_001)
    }

    private func zstd(_ text: String) throws -> [UInt8] {
        var compressor = try StreamCompressor(level: 1)
        var out: [UInt8] = []
        try compressor.write(Array(text.utf8).span, appendingTo: &out)
        try compressor.finish(appendingTo: &out)
        return out
    }
}
