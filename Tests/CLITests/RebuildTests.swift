import Foundation
import Hansard
import HansardProjections
import HansardRecords
import Testing

@testable import HansardCLI

/// `rebuild`, `index` and `dictionary`, as a person or a script uses them.
@Suite struct RebuildTests {
    private func record(_ run: CommandRun) throws -> Record {
        try #require(run.status == 0, "\(run.errors)")
        return try #require(try run.records().first)
    }

    @Test func aRebuildSaysWhatItDid() throws {
        let workspace = try Workspace.withExcerpt()
        let before = try workspace.run("sessions", "--json").output
        let report = try record(try workspace.run("rebuild", "--json"))
        #expect(report.field("generation") == .integer(2))
        #expect(report.field("previous") == .integer(1))
        #expect(report.field("events") == .integer(600))
        #expect(try workspace.run("sessions", "--json").output == before)
        let again = try workspace.run("rebuild")
        #expect(again.status == 0 && again.output.isEmpty)
        #expect(again.errors.contains("generation 3 is live: 601 events"))
        #expect(again.errors.contains("removed 1"))
        #expect(try workspace.run("rebuild", "--quiet").errors.isEmpty)
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func generationsAreListedWithGroupedNumbers() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.shell(
            """
            for n in $(seq 1200); do echo '{"stream":"a/b","type":"t"}'; done | $hansard append --lines > /dev/null
            $hansard index list
            """)
        #expect(run.output.contains("  1,200  "), "\(run.output) \(run.errors)")
    }

    @Test func anIndexThatCantBeReadIsRebuilt() throws {
        let workspace = try Workspace.withExcerpt()
        let file = "\(workspace.store)/index-1/data.mdb"
        try Data(repeating: 7, count: 20_000).write(to: URL(fileURLWithPath: file))
        let run = try workspace.run("sessions")
        #expect(run.status == 1)
        #expect(run.errors.contains("hansard rebuild"), "\(run.errors)")
        #expect(try workspace.run("rebuild", "--keep", "0").status == 0)
        #expect(try workspace.run("verify").status == 0)
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    /// A program that is newer than the index: what changed is named, all else answered.
    @Test func aChangedProjectionIsToldOf() throws {
        let workspace = try Workspace.withExcerpt()
        let older = ChatUnits.all.map { unit in
            guard unit.name == "sessions" else { return unit }
            return ProjectionUnit(name: unit.name, version: 1, projections: unit.projections)
        }
        _ = try Rebuilder(path: workspace.store, units: older, keep: 0).run()
        let sessions = try workspace.run("sessions")
        #expect(sessions.status == 1)
        #expect(sessions.errors.contains("'sessions' can't be read yet"), "\(sessions.errors)")
        #expect(sessions.errors.contains("hansard rebuild"))
        #expect(try workspace.run("agents").status == 0)
        let units = try workspace.run("projections")
        #expect(
            units.output.contains("rebuilding") && units.output.contains("the index has version 1"))
        let json = try workspace.run("projections", "--json")
        #expect(
            json.output.contains(#""state":"rebuilding""#)
                && json.output.contains(#""stored_version":1"#))
        #expect(try workspace.run("stats").output.contains("version 2, rebuilding"))
        #expect(try workspace.run("doctor").output.contains("the index has version 1"))
        let verify = try workspace.run("verify")
        #expect(verify.status == 0)
        #expect(
            verify.output.contains("not compared: sessions, because the index does not have"),
            "\(verify.output)")
        #expect(try workspace.run("verify", "--json").output.contains(#""left_out":["sessions"]"#))
        #expect(try workspace.run("rebuild", "--quiet").status == 0)
        #expect(try !workspace.run("verify").output.contains("not compared"))
        let logOnly = try workspace.run("verify", "--log-only").output
        #expect(logOnly.contains("neither the index nor a checkpoint was compared"))
        #expect(try workspace.run("sessions").status == 0)
        #expect(try !workspace.run("projections").output.contains("rebuilding"))
    }

    @Test func aRebuildIsInterrupted() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            trap '' TERM
            ( exec env bash -c 'trap - TERM; exec $hansard rebuild --quiet' ) & pid=$!
            kill -TERM $pid; wait $pid; status=$?
            [ $status = 0 ] || [ $status = 143 ] || exit 9
            $hansard rebuild --quiet && $hansard verify --quiet
            """)
        #expect(run.status == 0, "\(run.status) \(run.errors)")
    }

    @Test func compactingTellsBothSizes() throws {
        let workspace = try Workspace.withExcerpt()
        let report = try record(try workspace.run("index", "compact", "--json"))
        guard case .integer(let before)? = report.field("bytes_before"),
            case .integer(let after)? = report.field("bytes_after")
        else {
            Issue.record("no sizes")
            return
        }
        #expect(after > 0 && after <= before)
        let listed = try workspace.run("index", "list", "--json").records()
        #expect(listed.map { $0.field("generation") } == [.integer(2)], "the old one is gone")
    }

    @Test func generationsAreSwitchedAndDropped() throws {
        let workspace = try Workspace.withExcerpt()
        #expect(try workspace.run("rebuild", "--quiet").status == 0)
        let list = try workspace.run("index", "list")
        #expect(list.output.contains("kept") && list.output.contains("live"))
        #expect(
            try record(try workspace.run("index", "use", "1", "--json")).field("previous")
                == .integer(2))
        #expect(
            try record(try workspace.run("stats", "--json")).field("index_generation")
                == .integer(1))
        let refused = try workspace.run("index", "drop", "1")
        #expect(refused.status == 1 && refused.errors.contains("is live"))
        #expect(try workspace.run("index", "drop", "7").errors.contains("only 1, 2"))
        #expect(try workspace.run("index", "drop", "2").status == 0)
        #expect(try workspace.run("index", "drop", "two").status == 64)
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func aDictionaryIsTrainedAddedAndListed() throws {
        let workspace = try Workspace.withExcerpt()
        let file = workspace.path("new.zdict")
        let trial = try record(
            try workspace.run(
                "dictionary", "train", "--bytes", "8192", "--output", file, "--json"))
        #expect(trial.field("added_as") == .null)
        guard case .double(let now)? = trial.field("ratio_now"),
            case .double(let then)? = trial.field("ratio_then")
        else {
            Issue.record("no ratios")
            return
        }
        #expect(now > 1 && then > 1)
        #expect(FileManager.default.fileExists(atPath: file))
        // So small a dictionary is worse than the one that ships, which is said.
        let refused = try workspace.run("dictionary", "train", "--bytes", "8192", "--add")
        #expect(refused.status == 1 && refused.errors.contains("--force"))
        let added = try workspace.run("dictionary", "train", "--bytes", "8192", "--add", "--force")
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.output.contains("which hold text of the events"))
        #expect(added.output.contains("added as dictionary 2"))
        let listed = try workspace.run("dictionary", "list", "--count", "--json").records()
        #expect(
            listed.map { $0.field("events") } == [.integer(600), .integer(1)], "that it was added")
        #expect(listed.map { $0.field("newest") } == [.bool(false), .bool(true)])
        #expect(try workspace.run("dictionary", "list").output.contains("not counted"))
    }

    @Test func theCommandLineIsChecked() throws {
        let workspace = try Workspace.withStore()
        #expect(try workspace.run("rebuild", "--keep", "-1").status == 64)
        #expect(try workspace.run("index").status == 0, "help")
        #expect(try workspace.run("dictionary", "train", "--bytes", "3").status == 64)
        let none = try Workspace()
        #expect(try none.run("rebuild").errors.contains("there is no store"))
        #expect(try workspace.run("rebuild", "--help").output.contains("EXAMPLES"))
        for verb in ["list", "compact", "use", "drop"] {
            #expect(try workspace.run("index", verb, "--help").output.contains("EXAMPLES"))
        }
    }
}
