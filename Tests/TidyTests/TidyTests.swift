import Foundation
import Testing

/// The rules that the repository's own files keep. A rule that has to give way changes here, in
/// sight, and not by an exception at the place that breaks it.
@Suite struct RepositoryTests {
    let repository: Repository

    init() throws { repository = try Repository.current.get() }

    @Test(arguments: Rule.all) func everyFileKeeps(rule: Rule) throws {
        let findings = try repository.files.flatMap { try rule.findings(in: $0) }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func filesAreFound() {
        let paths = Set(repository.files.map(\.path))
        #expect(paths.isSuperset(of: ["Package.swift", "scripts/test", ".ci/run"]))
        #expect(paths.contains("Tests/TidyTests/TidyTests.swift"))
    }

    @Test func scriptsAreExecutable() {
        let scripts = repository.files.filter(\.isScript).map(\.path)
        #expect(!scripts.isEmpty)
        #expect(scripts.filter { !repository.isExecutable($0) } == [])
        #expect(!repository.isExecutable("Package.swift"))
    }

    @Test func nothingLeftBehindIsTracked() throws {
        guard let tracked = repository.tracked else { return }
        #expect(tracked.filter(isLeftover) == [])
    }

    @Test func everyTargetHasItsPurposeOnTheMap() throws {
        let map = try #require(repository.files.first { $0.path == "ARCHITECTURE.md" })
        let folders = repository.targetFolders()
        #expect(folders.contains("Hansard"))
        #expect(unmapped(folders, in: map.text) == [])
    }
}

/// The rules' own alarm test: each catches what it is there to catch, and nothing else.
@Suite struct CanaryTests {
    @Test(arguments: Rule.all) func catchesItsBadSamples(rule: Rule) throws {
        #expect(!rule.bad.isEmpty)
        for sample in rule.bad {
            #expect(try !rule.findings(in: sample).isEmpty, "not caught: \(sample)")
        }
    }

    @Test(arguments: Rule.all) func letsItsGoodSamplesPass(rule: Rule) throws {
        #expect(!rule.good.isEmpty)
        for sample in rule.good {
            let findings = try rule.findings(in: sample)
            #expect(findings.isEmpty, "\(list(findings))")
        }
    }

    @Test func knowsLeftovers() {
        let leftovers = [
            ".build/a", "Package.resolved", "x/Package.resolved", "a/data.mdb", "a/lock.mdb",
        ]
        #expect(leftovers.allSatisfy(isLeftover))
        #expect(!isLeftover("Package.swift"))
        #expect(!isLeftover("docs/.build-notes.md"))
    }

    @Test func missesTargetsOffTheMap() {
        #expect(unmapped(["Hansard", "HansardChat"], in: "| `HansardChat` |") == ["Hansard"])
    }

    @Test func tellsTheLine() throws {
        let file = SourceFile(path: "Sources/A/B.swift", text: "one\ntwo\nthree two\n")
        let lines = try offences(matching: "two", in: file, "found").map(\.line)
        #expect(lines == [2, 3])
    }
}

private func list(_ findings: [Finding]) -> String {
    findings.map(\.description).joined(separator: "\n")
}
