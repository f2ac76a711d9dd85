import Foundation
import HansardRecords
import Testing

/// The result of a run of the program.
struct CommandRun {
    let status: Int32
    let output: String
    let errors: String

    /// The output's lines, each read as an object of JSON.
    func records() throws -> [Record] {
        try output.split(separator: "\n").map { try Record(json: String($0)) }
    }
}

/// A directory of its own for a test, with a place for a store in it. Removed with the value.
final class Workspace {
    let directory: URL
    var store: String { path("store") }

    init() throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("hansard-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// A workspace with an empty store in it.
    static func withStore() throws -> Workspace {
        let workspace = try Workspace()
        let made = try workspace.run("init")
        try #require(made.status == 0, "\(made.errors)")
        return workspace
    }

    /// A workspace whose store holds the excerpt of the corpus.
    static func withExcerpt() throws -> Workspace {
        let workspace = try withStore()
        let imported = try workspace.run("import", "--quiet", excerpt)
        try #require(imported.status == 0, "\(imported.errors)")
        return workspace
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// Writes a file of the workspace and gives its path.
    func file(_ name: String, _ bytes: Data) throws -> String {
        try bytes.write(to: directory.appendingPathComponent(name))
        return path(name)
    }

    func file(_ name: String, lines: [String]) throws -> String {
        try file(name, Data(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// Runs `hansard` on the workspace's store.
    func run(
        _ arguments: String..., input: Data = Data(), environment: [String: String] = [:]
    ) throws -> CommandRun {
        try launch(
            Self.program, arguments, input: input,
            environment: ["HANSARD_STORE": store].merging(environment) { $1 })
    }

    /// Runs a script of the shell, in which `$hansard` is the program and `$store` the store.
    func shell(_ script: String) throws -> CommandRun {
        try launch(
            "/bin/bash", ["-c", script], input: Data(), environment: ["HANSARD_STORE": store])
    }

    /// A process of the program, for tests that talk with it.
    func process(_ arguments: String...) -> Process { process(list: arguments) }

    func process(list arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        process.environment = self.environment(["HANSARD_STORE": store])
        return process
    }

    private func environment(_ more: [String: String]) -> [String: String] {
        var all = ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" }
        all["hansard"] = Self.program
        all["store"] = store
        return all.merging(more) { $1 }
    }

    private func launch(
        _ program: String, _ arguments: [String], input: Data, environment: [String: String]
    ) throws -> CommandRun {
        let name = UUID().uuidString
        let (outputPath, errorsPath) = (path("\(name).out"), path("\(name).err"))
        for path in [outputPath, errorsPath] {
            try Data().write(to: URL(fileURLWithPath: path))
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = self.environment(environment)
        process.standardInput = try FileHandle(
            forReadingFrom: URL(fileURLWithPath: try file("\(name).in", input)))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorsPath))
        try process.run()
        process.waitUntilExit()
        let output = try Data(contentsOf: URL(fileURLWithPath: outputPath))
        let errors = try Data(contentsOf: URL(fileURLWithPath: errorsPath))
        return CommandRun(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }

    /// The program, which is built beside the tests.
    static let program: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("hansard").path
    }()

    /// A piece of the corpora, as it would be imported.
    static let excerpt = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/excerpt.jsonl").path
}

/// Lines to import.
enum Line {
    /// A session with some megabytes of words that do not compress, for disks of one or two.
    static var moreThanFits: [String] {
        [session("s")]
            + (0..<300).map { number in
                let words = (0..<1_500).map { _ in
                    String(UInt32.random(in: 0...UInt32.max), radix: 36)
                }
                return message("m\(number)", in: "s", words.joined(separator: " "))
            }
    }

    static func session(_ id: String, title: String = "a title") -> String {
        #"{"op":"create_session","session_id":"\#(id)","title":"\#(title)","#
            + #""created_at":"2025-03-03T07:00:00.000000Z"}"#
    }

    static func message(_ id: String, in session: String, _ text: String = "hello") -> String {
        #"{"op":"create_message","message_uuid":"\#(id)","session_id":"\#(session)","type":"user","#
            + #""parts":[{"type":"text","content":"\#(text)"}],"#
            + #""created_at":"2025-03-03T07:00:01.000000Z"}"#
    }
}
