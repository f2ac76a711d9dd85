import Foundation

// Patterns and samples are put together from pieces, so that this file does not catch itself.

private let pointer = "Unsafe" + "MutableRawPointer"
private let unchecked = "@unchecked" + " Sendable"
private let unisolated = "nonisolated" + "(unsafe)"

let languageRules = [
    Rule(
        name: "raw pointers and C modules stay in HansardBindings",
        covers: { $0.isProduct && !$0.path.hasPrefix("Sources/HansardBindings/") },
        bad: [
            sample("Sources/HansardRecords/A.swift", "let p: \(pointer)"),
            sample("Projections/A.swift", "internal import C" + "LMDB"),
        ],
        good: [sample("Sources/HansardBindings/A.swift", "let p: \(pointer)\nimport C" + "Zstd")],
        offences: {
            try offences(
                matching: #"\bUnsafe(?:Mutable)?(?:Raw)?(?:Buffer)?Pointer|\bOpaquePointer|"#
                    + #"\bimport (?:struct |enum |func )?C(?:LMDB|Zstd|MessagePack)\b"#,
                in: $0, "belongs in Sources/HansardBindings")
        }),
    Rule(
        name: "promises the compiler cannot check say why they hold",
        covers: { $0.isSwift },
        bad: [
            sample("Sources/A/B.swift", "\nextension A: \(unchecked) {}"),
            sample("Tests/A/B.swift", "/// Said too early.\n\n\(unisolated) var a = 1"),
        ],
        good: [
            sample(
                "Sources/A/B.swift", "// Only the writer holds it.\nextension A: \(unchecked) {}"),
            sample("Sources/A/B.swift", "\(unisolated) var a = 1  // set once, before any thread"),
            sample("Sources/A/B.swift", "/// Not \(unchecked), for a reason."),
        ],
        offences: { unexplainedPromises(in: $0) }),
    Rule(
        name: "nothing is left unfinished",
        covers: { $0.isSwift || $0.isScript },
        bad: [
            sample("Sources/A/B.swift", "// TO" + "DO: later"),
            sample("scripts/a", "# FIX" + "ME"),
            sample("Sources/A/B.swift", "fatal" + "Error(\"not yet\")"),
            sample("Tests/A/B.swift", "a st" + "ub"),
        ],
        good: [sample("Sources/A/B.swift", "fatal" + "Error(\"broken\"); let todos = mastodon")],
        offences: {
            try offences(
                matching: #"\b(?:TO"# + #"DO|FIX"# + #"ME|XX"# + #"X|HA"# + #"CK|unimple"#
                    + #"mented|st"#
                    + #"ub)\b|\bfatal"# + #"Error\("(?:not|un)"#,
                in: $0, "unfinished")
        }),
    Rule(
        name: "errors are neither forced nor swallowed",
        covers: { $0.isSwift },
        bad: [
            sample("Sources/A/B.swift", "let a = try" + "! f()"),
            sample("Tests/A/B.swift", "do { try f() } catch" + " {}"),
            sample("Sources/A/B.swift", "} catch let error as E" + " {\n}"),
        ],
        good: [sample("Sources/A/B.swift", "do { try f() } catch { throw wrapped(error) }")],
        offences: {
            try offences(
                matching: #"\btry"# + #"!|\bcatch\b[^{}"\n]*\{\s*\}"#, in: $0, "an error is lost")
        }),
    Rule(
        name: "no code decides by the text of an error",
        covers: { $0.isProduct },
        bad: [
            sample("Sources/A/B.swift", "if error.message" + ".contains(\"x\") {}"),
            sample("Sources/A/B.swift", "let a = error.what" + ".split(separator: \":\")"),
            sample("Sources/A/B.swift", "failure.what" + ".hasSuffix(advice)"),
        ],
        good: [sample("Sources/A/B.swift", "if error.code == .full { throw error }")],
        offences: {
            try offences(
                matching: #"\.(?:message|what)\??"#
                    + #"\.(?:contains|hasPrefix|hasSuffix|split|range|ranges|components|firstMatch)\b"#,
                in: $0, "decides by a text")
        }),
    Rule(
        name: "libraries name no verbs of the command line",
        covers: { file in
            file.isProduct
                && !["HansardCLI", "HansardTesting", "HansardBench"].contains { file.path.contains("/\($0)/") }
        },
        bad: [
            sample("Sources/A/B.swift", "throw E(\"run 'hans" + "ard rebuild'\")"),
            sample("Sources/A/B.swift", "let a = \"or say --lo" + "st\""),
        ],
        good: [
            sample("Sources/A/B.swift", "/// `hansard rebuild` does it."),
            sample("Sources/HansardCLI/B.swift", "\"run 'hans" + "ard rebuild'\""),
        ],
        offences: {
            try offences(
                matching: #""[^"\n]*(?:'hans"# + #"ard [a-z]|(?<![-\w])--[a-z])[^"\n]*""#, in: $0,
                "belongs to the command line")
        }),
    Rule(
        name: "doc comments open with a noun phrase or a verb",
        covers: { $0.isSwift },
        bad: [
            sample("Sources/A/B.swift", "/// Wh" + "at a run did.\nstruct A {}"),
            sample("Sources/A/B.swift", "let a = 1\n    /// Whe" + "ther it is open.\n"),
            sample("Sources/A/B.swift", "/// A noun, decided an" + "ew."),
        ],
        good: [
            sample("Sources/A/B.swift", "/// The report of a run.\n/// What it says may change."),
            sample("Sources/A/B.swift", "/// Returns the position."),
        ],
        offences: { try unplainComments(in: $0) }),
    Rule(
        name: "tests wait for what happens, not for time",
        covers: { $0.isSwift && $0.isTest },
        bad: [
            sample("Tests/A/B.swift", "try await Task.sl" + "eep(for: .seconds(1))"),
            sample("Tests/A/B.swift", "usl" + "eep(10)"),
        ],
        good: [
            sample("Sources/A/B.swift", "try await Task.sl" + "eep(for: .seconds(1))"),
            sample("Tests/A/B.swift", "asleep(1)"),
        ],
        offences: {
            try offences(matching: #"\b(?:u|nano)?sl"# + #"eep\("#, in: $0, "waits for time")
        }),
    Rule(
        name: "every file of tests expects something",
        covers: { $0.isSwift && $0.isTest },
        bad: [sample("Tests/A/B.swift", "@Te" + "st func f() {}")],
        good: [
            sample("Tests/A/B.swift", "@Te" + "st func f() { #expect(true) }"),
            sample("Tests/A/B.swift", "struct Fixture {}"),
        ],
        offences: { file in
            guard isMatch(file.text, #"(?m)^\s*@Test\b"#) else { return [] }
            let expects = isMatch(file.text, #"#expect|#require|Issue\.record|\bconfirmation\b"#)
            return expects ? [] : [(1, "tests that expect nothing")]
        }),
]

private func unexplainedPromises(in file: SourceFile) -> [Offence] {
    let lines = file.lines
    return lines.indices.compactMap { index in
        let line = lines[index]
        guard line.contains(unchecked) || line.contains(unisolated) else { return nil }
        if isMatch(line, #"//|^\s*\*"#) || line.contains("\"") { return nil }
        if index > 0, isMatch(lines[index - 1], #"^\s*//|//[^"]*$|\*/\s*$"#) { return nil }
        return (index + 1, "needs a comment, here or on the line above, on why it holds")
    }
}

/// Comments against the rules of prose that a test can keep.
private func unplainComments(in file: SourceFile) throws -> [Offence] {
    let openings = try offences(
        matching: #"(?<!///[^\n]{0,200}\n)^[ \t]*/// (?:What|Whether|How|Of|Those|Who|Whoever|That)\b"#,
        in: file, "open with a noun phrase or a verb")
    return openings
        + (try offences(matching: #"^\s*//.*\ban"# + #"ew\b"#, in: file, "write 'again'"))
}
