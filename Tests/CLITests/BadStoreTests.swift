import Foundation
import HansardBindings
import HansardRecords
import Testing

private let readingVerbs = ["sessions", "session s", "message m", "stats", "verify", "export"]

@Suite struct BadStoreTests {
    @Test func initRefusesWhatIsThere() throws {
        let workspace = try Workspace.withExcerpt()
        let again = try workspace.run("init")
        #expect(again.status == 1)
        #expect(again.errors.contains("is a store already"))
        #expect(try workspace.run("init", "--if-missing").status == 0)
        #expect(try workspace.run("verify").status == 0)
        for more in [[], ["--if-missing"]] {
            let other = try Workspace()
            _ = try other.file("notes", Data())
            let run = try other.shell("$hansard init --store $(dirname $store) \(more.joined())")
            #expect(run.status == 1)
            #expect(run.errors.hasPrefix("hansard: "))
        }
        let nowhere = try workspace.run("init", "--store", workspace.path("a/b/c"))
        #expect(nowhere.status == 1)
        #expect(nowhere.errors.contains("does not exist: create it first"))
    }

    @Test(arguments: readingVerbs + ["import"]) func whatIsNoStore(verb: String) throws {
        let workspace = try Workspace()
        let missing = try workspace.shell("$hansard \(verb)")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("no store at"))
        #expect(missing.errors.contains("hansard init"))
        #expect(!FileManager.default.fileExists(atPath: workspace.store))
        let other = try workspace.shell("$hansard \(verb) --store $(dirname $store)")
        #expect(other.status == 1)
        #expect(other.errors.contains("holds no store"))
        let file = try workspace.shell("touch $store; $hansard \(verb)")
        #expect(file.status == 1)
        #expect(file.errors.contains("holds no store"))
    }

    @Test(arguments: readingVerbs + ["import"]) func aNewerFormat(verb: String) throws {
        let workspace = try Workspace.withExcerpt()
        let log = try Environment(directory: "\(workspace.store)/log")
        let meta = try #require(try log.openDatabase("meta", create: false))
        try log.write { transaction in
            let (key, format): ([UInt8], [UInt8]) = (
                Array("format".utf8), [9, 0, 0, 0, 0, 0, 0, 0]
            )
            try transaction.put(format.span, for: key.span, in: meta)
        }
        log.close()
        let run = try workspace.shell("$hansard \(verb)")
        #expect(run.status == 1)
        #expect(run.errors.contains("format 9"))
        #expect(run.errors.contains("newer program"))
    }

    @Test(arguments: ["log", "index-1"]) func aTruncatedFile(part: String) throws {
        let workspace = try Workspace.withExcerpt()
        let path = "\(workspace.store)/\(part)/data.mdb"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in [100, 4_096, 12_288, bytes.count / 2] {
            try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
            for verb in readingVerbs + ["import \(Workspace.excerpt)"]
            where verb != "export" || part == "log" {
                let run = try workspace.shell("$hansard \(verb)")
                #expect((1...2).contains(run.status), "\(verb), \(length) bytes: \(run.status)")
                #expect(run.errors.hasPrefix("hansard: "))
                #expect(run.errors.contains(part))
            }
            try bytes.write(to: URL(fileURLWithPath: path))
        }
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func flippedBits() throws {
        let workspace = try Workspace.withStore()
        // Words that do not compress, so that most of the file is the message.
        let words = (0..<200_000).map { _ in String(UInt32.random(in: 0...UInt32.max), radix: 36) }
        let lines = [
            Line.session("s"), Line.message("m", in: "s", words.joined(separator: " ")),
            Line.message("after", in: "s"),
        ]
        #expect(try workspace.run("import", "-q", workspace.file("a", lines: lines)).status == 0)
        let path = "\(workspace.store)/log/data.mdb"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: URL(fileURLWithPath: path))

        let verified = try workspace.run("verify")
        #expect(verified.status == 2)
        #expect(verified.output.contains("damage: ") && verified.output.contains("event 2"))
        #expect(
            !(verified.output + verified.errors).contains("run 'hansard verify'"), "it just ran")
        let report = try #require(try workspace.run("verify", "--json").records().first)
        #expect(report.bool("sound") == false)
        #expect(report.integer("problems_count") == 1)
        for verb in ["message m", "export", "session s"] {
            let run = try workspace.shell("$hansard \(verb)")
            #expect(run.status == 1, "\(verb)")
            #expect(run.errors.contains("event 2"), "\(run.errors)")
        }
        #expect(try workspace.run("message", "after").status == 0)
    }

    @Test func aDamagedIndexIsFound() throws {
        let workspace = try Workspace.withExcerpt()
        let index = try Environment(directory: "\(workspace.store)/index-1")
        let table = try #require(try index.openDatabase("sessions.by_created", create: false))
        try index.write { try $0.clear(table) }
        index.close()
        let run = try workspace.run("verify")
        #expect(run.status == 2)
        #expect(run.output.contains("sessions.by_created"))
        #expect(try workspace.shell("rm -r $store/index-1; $hansard verify").status == 0)
    }
}
