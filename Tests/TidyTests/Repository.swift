import Foundation

/// The repository that this file lies in.
struct Repository: Sendable {
    let root: URL
    /// Paths under version control; `nil` where git or its data is absent, as in a source archive.
    let tracked: [String]?
    /// Tracked and new files, without what is ignored.
    let files: [SourceFile]

    static let current = Result { try Repository() }

    private init() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        self.root = root
        tracked = Self.git(["ls-files", "-z"], in: root)
        let listed =
            Self.git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: root)
            ?? Self.walk(root)
        files = listed.sorted().compactMap { path in
            guard let data = try? Data(contentsOf: root.appending(path: path)), !data.contains(0),
                let text = String(data: data, encoding: .utf8)
            else { return nil }
            return SourceFile(path: path, text: text)
        }
    }

    func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: root.appending(path: path).path)
    }

    /// The folders that hold a target: each under Sources, and Projections.
    func targetFolders() -> [String] {
        let folders = files.map(\.path).filter { $0.hasPrefix("Sources/") }
            .compactMap { $0.split(separator: "/").dropFirst().first.map(String.init) }
        return Set(folders).sorted() + ["Projections"]
    }

    private static func git(_ arguments: [String], in root: URL) -> [String]? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", root.path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\0").map(String.init)
    }

    private static func walk(_ root: URL) -> [String] {
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        return (paths ?? []).filter { !$0.hasPrefix(".git/") && !isLeftover($0) }
    }
}
