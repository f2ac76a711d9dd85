import Hansard
import HansardProjections
import HansardRecords
import Testing

/// A program that keeps a unit of its own in the index, and the tool that does not know it.
@Suite struct ForeignUnitTests {
    private struct Notes: Projection {
        let tables = ["notes.rows"]
        var failsAt: UInt64?

        struct Illegible: Error {}

        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            if event.position.rawValue == failsAt { throw Illegible() }
            try tables.put([1], for: Array("\(event.event.id)".utf8))
        }
    }

    /// Opens the store as the program does, without appending, and answers how many rows it sees.
    private func notes(_ workspace: Workspace, failsAt: UInt64? = nil) throws -> Int {
        let unit = ProjectionUnit(
            name: "notes", version: 1, projections: [Notes(failsAt: failsAt)])
        let store = try Store.open(
            workspace.store, units: ChatUnits.all + [unit],
            settings: ChatUpcasters.added(to: Store.Settings()))
        #expect(store.unitStatuses().isEmpty)
        let count = try? store.read { view in
            var count = 0
            try view.table("notes.rows").scan(KeyRange(prefix: [])) { _, _ in
                count += 1
                return true
            }
            return count
        }
        try store.close()
        return count ?? -1
    }

    @Test func rebuildsLeaveItsRowsAsTheyAre() throws {
        let workspace = try Workspace.withExcerpt()
        #expect(try notes(workspace) == 600)
        #expect(try workspace.run("projections").output.contains("foreign"), "it is stored")
        let rebuild = try workspace.run("rebuild", "--keep", "0")
        #expect(rebuild.status == 0)
        #expect(
            rebuild.errors.contains("copied 'notes' of another program"), "\(rebuild.errors)")
        let compact = try workspace.run("index", "compact", "--json").records()
        #expect(compact.first?.field("foreign_units") == .array([.string("notes")]))
        let units = try workspace.run("projections", "--json").records()
        let unit = try #require(units.first { $0.string("name") == "notes" })
        #expect(unit.string("state") == "foreign" && unit.integer("checkpoint") == 600)
        #expect(try notes(workspace) >= 600)
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func itIsLostOnlyWhenAsked() throws {
        let workspace = try Workspace.withExcerpt()
        #expect(try notes(workspace) == 600)
        let without = try workspace.run("rebuild", "--without-foreign-units")
        #expect(without.status == 0)
        #expect(without.errors.contains("left out 'notes' of another program"))
        let compact = try workspace.run("index", "compact")
        #expect(
            compact.errors.contains("kept 1, because no other generation has its units"),
            "\(compact.errors)")
        let drop = try workspace.run("index", "drop", "1")
        #expect(drop.status == 1 && drop.errors.contains("'notes'"), "\(drop.errors)")
        #expect(drop.errors.contains("--without-foreign-units"))
        #expect(try workspace.run("index", "use", "1").status == 0)
        let use = try workspace.run("index", "use", "3")
        #expect(use.status == 1 && use.errors.contains("'notes'"), "\(use.errors)")
        #expect(try workspace.run("index", "use", "3", "--without-foreign-units").status == 0)
        #expect(try workspace.run("index", "drop", "1", "--without-foreign-units").status == 0)
        #expect(try workspace.run("index", "use", "3").output.contains("was already"))
    }

    /// Where and why it stopped is told until its program goes on.
    @Test func aStoppedOneIsShown() throws {
        let workspace = try Workspace.withExcerpt()
        #expect(try notes(workspace, failsAt: 7) == -1)
        let text = try workspace.run("projections").output
        #expect(text.contains("stopped at event 7: Illegible()"), "\(text)")
        let units = try workspace.run("projections", "--json").records()
        let unit = try #require(units.first { $0.string("name") == "notes" })
        #expect(unit.string("state") == "stopped" && unit.bool("foreign") == true)
        #expect(unit.integer("stopped_at") == 7 && unit.string("reason") == "Illegible()")
        #expect(try workspace.run("stats").output.contains("stopped at 7: Illegible()"))
        let doctor = try workspace.run("doctor").output
        #expect(doctor.contains("'notes' of another program stopped at event 7"), "\(doctor)")
        // It is told of a copy as well.
        #expect(try workspace.run("rebuild", "--quiet").status == 0)
        #expect(try workspace.run("projections").output.contains("stopped at event 7"))
        #expect(try notes(workspace) >= 600)
        #expect(try !workspace.run("projections").output.contains("stopped"))
        #expect(try !workspace.run("doctor").output.contains("notes"))
    }
}
