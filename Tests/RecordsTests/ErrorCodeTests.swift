import Foundation
import HansardRecords
import Testing

/// The one space of error codes, and its table in docs/ERRORS.md.
@Suite struct ErrorCodeTests {
    @Test func namesAreUniqueAndInSnakeCase() {
        let names = ErrorCode.all.map(\.rawValue)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil })
    }

    @Test func everyCodeIsFoundByItsName() {
        #expect(ErrorCode.all.allSatisfy { ErrorCode(rawValue: $0.rawValue) == $0 })
        #expect(ErrorCode(rawValue: "no_such_code") == nil)
    }

    @Test func everyClassHasACode() {
        #expect(Set(ErrorCode.all.map(\.errorClass)) == Set(ErrorClass.allCases))
    }

    /// `all` is written by hand: a code that is declared must be in it.
    @Test func everyDeclaredCodeIsListed() throws {
        let source = try text("Sources/HansardRecords/ErrorCode.swift")
        let declared = source.matches(of: /static let \w+ = Self\("(\w+)"/).map { String($0.1) }
        #expect(declared.sorted() == ErrorCode.all.map(\.rawValue).sorted())
    }

    @Test func theTableListsEveryCodeWithItsClass() throws {
        let rows = try text("docs/ERRORS.md").split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^\| `(\w+)` \| .* \| `(\w+)` \| [^|]+ \| \d+ \| [^|]+ \|$/)
                .map { "\($0.1) \($0.2)" }
        }
        #expect(
            rows.sorted()
                == ErrorCode.all.map { "\($0.rawValue) \($0.errorClass.rawValue)" }.sorted())
    }

    @Test func everyAdviceHasAText() {
        let texts = RecordAdvice.allCases.map(\.description)
        #expect(Set(texts).count == texts.count && !texts.contains(""))
    }

    private func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
