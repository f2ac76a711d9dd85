import Foundation

/// Words that users don't read, because a plainer one exists.
private let bannedPhrases = [
    "anew", "whoever", "elsewhere", "behind", "told", "tells?", "mend(?:s|ed|ing)?", "what is",
    "such a", "of which", "none but",
]

/// A literal that may have a banned word.
private struct Allowance {
    let path: String
    let text: String
    let reason: String
}

private let allowances = [
    Allowance(
        path: "Sources/HansardCLI/Proofs/SigningState.swift", text: "elsewhere",
        reason: "a key of the JSON that programs read"),
    Allowance(
        path: "Sources/HansardOperations/Proofs/CheckpointFiles.swift", text: "…/elsewhere",
        reason: "the name of a file in stores that exist"),
    Allowance(
        path: "Sources/HansardEngine/Generations/GenerationMover.swift",
        text:
            "generation … of the index is … events behind the log, too many to fold for a program "
            + "that only reads",
        reason: "a number of events that the index lacks, not a place after something"),
]

let proseRules = [
    Rule(
        name: "users read plain words",
        covers: { $0.isSwift && $0.path.hasPrefix("Sources/") },
        bad: [
            sample("Sources/A/B.swift", #"let a = "built anew""#),
            sample("Sources/A/B.swift", #"let a = f("goes on \(g("x")) behind it")"#),
            sample("Sources/A/B.swift", "let a = \"it was not what \"\n    + \"is there\""),
            sample("Sources/A/B.swift", "let a = \"\"\"\n    Told by\n    \"\"\""),
            sample("Sources/HansardCLI/B.swift", #"let a = fact("elsewhere", b)"#),
        ],
        good: [
            sample("Sources/A/B.swift", #"let a = unit.lag(behind: head) // told anew"#),
            sample("Sources/A/B.swift", #"let a = "lag \(unit.lag(behind: head)), tolder""#),
            sample("Sources/HansardCLI/Proofs/SigningState.swift", #"let a = ("elsewhere", b)"#),
        ],
        offences: { bannedWords(in: $0) })
]

private func bannedWords(in file: SourceFile) -> [Offence] {
    let words = bannedPhrases.map { $0.replacingOccurrences(of: " ", with: #"[\s\\]+"#) }
    let pattern = #"(?i)\b(?:"# + words.joined(separator: "|") + #")\b"#
    return stringLiterals(in: file.text).compactMap { literal in
        guard let match = literal.text.range(of: pattern, options: .regularExpression),
            !isAllowed(literal.text, in: file)
        else { return nil }
        let before = literal.text[..<match.lowerBound].count { $0 == "\n" }
        return (literal.line + before, "'\(literal.text[match])': write a plainer word")
    }
}

private func isAllowed(_ text: String, in file: SourceFile) -> Bool {
    allowances.contains { $0.path == file.path && text == $0.text && !$0.reason.isEmpty }
}
