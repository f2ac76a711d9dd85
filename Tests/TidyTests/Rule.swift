import Foundation
import Testing

/// A file of the repository, by its path from the root.
struct SourceFile: Sendable {
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var isSwift: Bool { path.hasSuffix(".swift") }
    var isTest: Bool { path.hasPrefix("Tests/") }
    /// Code that ships, as opposed to tests and the manifest.
    var isProduct: Bool {
        isSwift
            && (path.hasPrefix("Sources/") || path.hasPrefix("Projections/")
                || path.hasPrefix("Benchmarks/Sources/"))
    }
    var isScript: Bool { path.hasPrefix("scripts/") || path.hasPrefix(".ci/") }
}

/// A place that breaks a rule.
struct Finding: Sendable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// A fault a rule finds, as a line counted from 1 and a message.
typealias Offence = (line: Int, message: String)

/// A rule about the text of one file. It cannot be stated without a sample that it must catch and
/// one that it must let pass, so a rule that has gone blind fails its own test.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    let covers: @Sendable (SourceFile) -> Bool
    let bad: [SourceFile]
    let good: [SourceFile]
    let offences: @Sendable (SourceFile) throws -> [Offence]

    var testDescription: String { name }

    func findings(in file: SourceFile) throws -> [Finding] {
        guard covers(file) else { return [] }
        return try offences(file).map {
            Finding(path: file.path, line: $0.line, message: $0.message)
        }
    }

    static let all = sizeRules + languageRules + layoutRules + proseRules
}

/// Every match of `pattern` in the file, told as `message`.
func offences(
    matching pattern: String, in file: SourceFile, _ message: String
) throws -> [Offence] {
    let expression = try NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
    let text = file.text as NSString
    let whole = NSRange(location: 0, length: text.length)
    return expression.matches(in: file.text, range: whole).map { match in
        let before = text.substring(to: match.range.location)
        let matched = text.substring(with: match.range)
        return (before.utf8.count { $0 == UInt8(ascii: "\n") } + 1, "\(message): \(matched)")
    }
}

func isMatch(_ text: some StringProtocol, _ pattern: String) -> Bool {
    text.range(of: pattern, options: .regularExpression) != nil
}
