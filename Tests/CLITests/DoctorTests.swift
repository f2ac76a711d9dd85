import Foundation
import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardCLI

/// Refuses every event.
private struct Refusing: Projection {
    struct Refusal: Error {}
    let tables = ["refusing"]
    func fold(_ event: RecordedEvent, into tables: FoldTables) throws { throw Refusal() }
}

@Suite struct DoctorTests {
    private func verdicts(_ run: CommandRun) throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try run.records().map {
                ($0.string("check") ?? "", $0.string("verdict") ?? "")
            })
    }

    /// The output that does not depend on the machine it runs on.
    private let ofTheStore = [
        "files", "left-overs", "log", "index", "projections", "lag", "readers", "clock",
        "dictionary",
        "versions",
    ]

    @Test func aSoundStore() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.run("doctor", "--json")
        #expect(run.status == 0, "\(run.output)")
        let verdicts = try verdicts(run)
        #expect(ofTheStore.allSatisfy { verdicts[$0] == "ok" }, "\(verdicts)")
        #expect(
            Set(verdicts.keys).isSuperset(of: ["file system", "disk space", "memory", "open files"])
        )
        let text = try workspace.run("doctor")
        #expect(text.status == 0)
        #expect(text.output.contains("ok    log            600 events"))
        #expect(text.errors == "")
    }

    @Test func whatIsNoStore() throws {
        let workspace = try Workspace()
        let run = try workspace.run("doctor", "--json")
        #expect(run.status == 2)
        let error = try Record(json: run.errors)
        #expect(error.string("error") == "2 checks failed, see above")
        let verdicts = try verdicts(run)
        #expect(verdicts["files"] == "fail" && verdicts["log"] == "fail")
        #expect(verdicts["index"] == "warn" && verdicts["versions"] == "ok")
        #expect(try workspace.run("doctor").output.contains("→ name the store with --store"))
        #expect(try workspace.shell("HANSARD_STORE= $hansard doctor").status == 64)
    }

    @Test(arguments: ["log", "index-1"]) func aDamagedFile(part: String) throws {
        let workspace = try Workspace.withExcerpt()
        let cut = try workspace.shell(
            "truncate -s 9000 $store/\(part)/data.mdb; $hansard doctor --json")
        #expect(cut.status == 2)
        #expect(try verdicts(cut)[part == "log" ? "log" : "index"] == "fail")
        #expect(cut.output.contains("is damaged or cut off"))
    }

    @Test func leftoversAndOpenFiles() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            "mkdir $store.new-1 $store/index-8.building $store/index-7; chmod 755 $store; chmod 644 $store/log/data.mdb; "
                + "$hansard doctor --json")
        #expect(run.status == 0)
        let verdicts = try verdicts(run)
        #expect(verdicts["left-overs"] == "warn" && verdicts["files"] == "warn")
        let checks = try run.records()
        let advice = try #require(
            checks.first { $0.string("check") == "left-overs" }?.string("advice"))
        #expect(
            advice.contains("rm -r \(workspace.store).new-1 \(workspace.store)/index-8.building"))
    }

    @Test func permissionsAreSeenAsTheUserHasThem() throws {
        let workspace = try Workspace.withExcerpt()
        let examination = StoreExamination(path: workspace.store, units: [])
        let owner = try #require(examination.files.first).ownerID
        #expect(FileChecks(examination: examination, userID: owner).files.verdict == .ok)
        if owner != 0 { return }
        let stranger = try workspace.shell(
            "chmod 755 $store/..; setpriv --reuid=65534 --regid=65534 --clear-groups $hansard doctor --json"
        )
        // Where privileges can't be dropped there is nobody else to ask for.
        if stranger.output.isEmpty { return }
        #expect(stranger.status == 2)
        #expect(stranger.output.contains("user 65534 may not read"))
    }

    @Test func aStoppedProjectionFails() throws {
        let workspace = try Workspace.withStore()
        let store = try Store.open(
            workspace.store,
            units: [ProjectionUnit(name: "refusing", version: 1, projections: [Refusing()])])
        _ = try store.appendBlocking(
            Append([Event(type: EventType("t"), stream: StreamName(text: "a/b"))]))
        let statistics = try store.statistics()
        let lines = ProjectionTable(
            style: Style(isColoured: false, columns: nil), head: statistics.head
        )
        .lines(statistics.units)
        #expect(lines.count == 5)
        #expect(lines[1].hasPrefix("core  ") && lines[1].contains("current            1         0"))
        #expect(lines[2].contains("stopped            0         1"))
        #expect(lines[3] == "  stopped at event 1: Refusal()")
        #expect(lines[4].hasPrefix("tree  "))
        try store.close()
        let examination = StoreExamination(
            path: workspace.store,
            units: [ProjectionUnit(name: "refusing", version: 1, projections: [Refusing()])])
        let check = try #require(StateChecks(examination: examination).projections)
        #expect(check.verdict == .fail)
        #expect(check.finding == "'refusing' stopped at event 1: Refusal()")
    }

    @Test func clocksThatAreWrong() throws {
        let workspace = try Workspace.withStore()
        func clock(now: Int64, recording times: [Int64]) throws -> DoctorCheck? {
            var settings = Store.Settings()
            for time in times {
                settings.clock = { .microseconds(time) }
                let store = try Store.open(workspace.store, units: [], settings: settings)
                _ = try store.appendBlocking(
                    Append([Event(type: EventType("t"), stream: StreamName(text: "a/b"))]))
                try store.close()
            }
            settings.clock = { .microseconds(now) }
            return StateChecks(
                examination: StoreExamination(path: workspace.store, units: [], settings: settings)
            ).clock
        }
        #expect(try clock(now: 0, recording: []) == nil)
        #expect(try clock(now: 10_000_000, recording: [10_000_000])?.verdict == .ok)
        let ahead = try clock(now: 7_000_000, recording: [])
        #expect(ahead?.verdict == .warn && ahead?.finding.contains("3 s from now") == true)
        let back = try clock(now: 20_000_000, recording: [6_000_000])
        #expect(back?.verdict == .warn && back?.finding.contains("went back by 4 s") == true)
    }

    @Test func limitsOfTheProcess() {
        let free = ProcessChecks(openFiles: nil, addressSpaceBytes: nil, containerMemoryBytes: nil)
        #expect(free.all.allSatisfy { $0.verdict == .ok })
        let tight = ProcessChecks(
            openFiles: 40, addressSpaceBytes: 1 << 30, containerMemoryBytes: 64 << 20)
        #expect(tight.all.map(\.verdict) == [.warn, .warn, .warn, .ok])
        #expect(tight.all.dropLast().allSatisfy { $0.advice != nil })
    }
}
