import Foundation

// Patterns and samples are put together from pieces, so that this file does not catch itself.

let layoutRules = [
    Rule(
        name: "no homes for homeless code",
        covers: { _ in true },
        bad: [
            sample("Sources/A/Ut" + "ils/B.swift", ""), sample("Sources/A/Help" + "ers.swift", ""),
            sample("Tests/A/Test" + "Util.swift", ""),
        ],
        good: [sample("Sources/A/Layout.swift", ""), sample("Sources/A/Utilised.swift", "")],
        offences: { file in
            let stems = file.path.split(separator: "/").map { $0.prefix { $0 != "." } }
            let homeless = stems.filter {
                isMatch($0, #"(?:(?i)^|[a-z])(?:[Uu]til(?:s|ities|ity)?|[Hh]elpers?)$"#)
            }
            return homeless.map { (1, "\($0): name it for what it does") }
        }),
    Rule(
        name: "no paths of one machine",
        covers: { _ in true },
        bad: [
            sample("README.md", "see /wo" + "rk/notes.md"),
            sample("scripts/a", "cd /opt/swift-" + "packages/x"),
            sample("Package.swift", "path: \"/root/.py" + "env/shims\""),
        ],
        good: [sample("README.md", "frame/wo" + "rk/a, ./wo" + "rk/b, /workspace/c")],
        offences: {
            try offences(
                matching: #"(?<![\w.])/(?:wo"# + #"rk|fa"# + #"rm|root/\.py"# + #"env|opt/swift-"#
                    + #"packages)/"#,
                in: $0, "a path of one machine")
        }),
]

/// Files that a build or a run leaves behind.
func isLeftover(_ path: String) -> Bool {
    // The golden stores are fixtures: databases on purpose.
    if path.hasPrefix("Tests/Fixtures/golden-") { return false }
    return isMatch(path, #"(?:^|/)\.build/|(?:^|/)\.swiftpm/|(?:^|/)Package\.resolved$|\.mdb(?:-lock)?$|__pycache__/"#)
}

/// The folders of targets that the map does not name.
func unmapped(_ folders: [String], in map: String) -> [String] {
    folders.filter { !map.contains("`\($0)`") }
}
