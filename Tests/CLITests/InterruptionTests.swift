import Foundation
import HansardRecords
import HansardTesting
import Testing

/// Ctrl-C and `kill`, sent to the one process that was started.
@Suite struct InterruptionTests {
    /// The end of a process that ended by itself after it was sent a signal.
    private struct End {
        let status: Int32
        let errors: String
    }

    /// Runs a verb, whose input is a pipe nobody writes to, and sends it a signal.
    private func end(
        _ workspace: Workspace, _ arguments: [String], by number: Int32,
        once isReady: (Process) throws -> Void, then goOn: () -> Void = {}
    ) throws -> End {
        let process = workspace.process(list: arguments)
        let (input, output) = (Pipe(), Pipe())
        let errors = workspace.path("errors")
        try Data().write(to: URL(fileURLWithPath: errors))
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        try isReady(process)
        kill(process.processIdentifier, number)
        goOn()
        _ = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationReason == .exit)
        return End(
            status: process.terminationStatus,
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    /// Until what the process catches (`SigCgt` of /proc) has both signals.
    private func untilItCatches(_ process: Process) throws {
        let wanted = UInt64(1) << (SIGINT - 1) | 1 << (SIGTERM - 1)
        while process.isRunning {
            let status = try String(
                contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
            let mask = line.flatMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) }
            if let mask, mask & wanted == wanted { return }
            sched_yield()
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func appendThatWaitsForLines(number: Int32) throws {
        let workspace = try Workspace.withStore()
        for arguments in [
            ["append", "--lines"], ["append", "--stream", "a/b", "--type", "t", "--data", "-"],
        ] {
            let end = try end(workspace, arguments, by: number, once: untilItCatches)
            #expect(end.status == 128 + number)
            #expect(end.errors.contains("interrupted"), "\(end.errors)")
        }
        #expect(try workspace.run("stats", "--json").records().first?.integer("head") == 0)
    }

    /// Verbs that know no steps end at once, with the same status.
    @Test(arguments: [SIGINT, SIGTERM])
    func aVerbWithoutSteps(number: Int32) throws {
        let workspace = try Workspace.withStore()
        let key = try workspace.run("key", "show").output.split(separator: "\n").first
        let arguments = ["check-proof", "-", "--key", String(try #require(key))]
        let end = try end(workspace, arguments, by: number, once: untilItCatches)
        #expect(end.status == 128 + number)
        #expect(end.errors == "hansard: interrupted\n")
    }

    /// `verify` works in a child, which is told.
    @Test(arguments: [SIGINT, SIGTERM])
    func verify(number: Int32) throws {
        let workspace = try Workspace.withExcerpt()
        for more in [[], ["--log-only"]] {
            var child: pid_t = 0
            let end = try end(workspace, ["verify"] + more, by: number) { process in
                while child == 0 && process.isRunning {
                    child = Self.child(of: process.processIdentifier) ?? 0
                    sched_yield()
                }
                // Until the signal is on its way the child does nothing.
                try #require(child > 0)
                kill(child, SIGSTOP)
                try untilItCatches(process)
            } then: {
                kill(child, SIGCONT)
            }
            #expect(end.status == 128 + number, "\(end.errors)")
            #expect(!end.errors.contains("damage"), "\(end.errors)")
            #expect(kill(child, 0) == -1)
        }
    }

    private static func child(of processID: pid_t) -> pid_t? {
        let tasks = "/proc/\(processID)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return threads.compactMap { thread in
            let path = "\(tasks)/\(thread)/children"
            let text = try? String(contentsOfFile: path, encoding: .utf8)
            return text?.split(separator: " ").first.flatMap { pid_t($0) }
        }.first
    }

    @Test func trainingADictionary() throws {
        let workspace = try Workspace.withExcerpt()
        let end = try end(workspace, ["dictionary", "train"], by: SIGINT, once: untilItCatches)
        #expect(end.status == 130)
        #expect(end.errors.contains("interrupted"))
    }

    /// Some run is interrupted between the file's first byte and its last; any leaves it whole or
    /// not there.
    @Test func anExportToAFile() throws {
        let workspace = try Workspace.withExcerpt()
        let path = workspace.path("log.jsonl")
        var interrupted: [End] = []
        for _ in 0..<500 where interrupted.isEmpty {
            let end = try end(workspace, ["log", "export", "-o", path], by: SIGINT) { process in
                let part = "\(path).part-\(process.processIdentifier)"
                while process.isRunning && !FileManager.default.fileExists(atPath: part) {
                    sched_yield()
                }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: workspace.directory.path)
            #expect(!left.contains { $0.contains(".part-") })
            #expect(left.contains("log.jsonl") == (end.status == 0))
            if end.status == 130 { interrupted.append(end) }
            try? FileManager.default.removeItem(atPath: path)
        }
        let said = try #require(interrupted.first?.errors)
        #expect(said.hasPrefix("hansard: interrupted after event "), "\(said)")
        #expect(
            said.hasSuffix(
                ": \(path) was not written, and no unfinished file is left; run it again\n"))
    }

    /// Some run is interrupted while it writes or reads the segment, and says how far it got.
    @Test(arguments: ["run", "verify"]) func aBackup(verb: String) throws {
        let workspace = try Workspace.withExcerpt()
        let backup = workspace.path("backup")
        try #require(workspace.run("backup", "-q", backup).status == 0)
        var said: String?
        for number in 0..<500 where said == nil {
            let place = verb == "verify" ? backup : workspace.path("backup\(number)")
            let end = try end(workspace, ["backup", verb, place], by: SIGINT) {
                untilItHasOpen(".open", $0)
            }
            // One that was just done says what it did.
            if end.status == 130, end.errors.contains("interrupted") { said = end.errors }
        }
        let text = try #require(said)
        #expect(text.contains("event 600"), "\(text)")
        #expect(text.contains("un it again"), "\(text)")
    }

    /// Until the process has a file open whose name ends so.
    private func untilItHasOpen(_ ending: String, _ process: Process) {
        let files = FileManager.default
        let directory = "/proc/\(process.processIdentifier)/fd"
        while process.isRunning {
            let open = (try? files.contentsOfDirectory(atPath: directory)) ?? []
            let paths = open.compactMap {
                try? files.destinationOfSymbolicLink(atPath: "\(directory)/\($0)")
            }
            if paths.contains(where: { $0.hasSuffix(ending) }) { return }
            sched_yield()
        }
    }

    /// In the middle of a long list: what is printed are whole lines.
    @Test func aListEndsWithAWholeLine() throws {
        let workspace = try Workspace.withExcerpt()
        let id = "31e98348-3540-5675-9335-82f20c802054"
        let long = (0..<400).map { number in
            Line.message("long\(number)", in: id, String(repeating: "x", count: 2_000))
        }
        #expect(try workspace.run("import", "-q", workspace.file("a", lines: long)).status == 0)
        let process = workspace.process("session", id, "--json", "--limit", "100000")
        try expectWholeLines(of: process, fewerThan: 400)
    }
}
