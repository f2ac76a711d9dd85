import Foundation
import HansardRecords
import HansardTesting
import Testing

/// A running `hansard` whose output is read line by line.
private final class Follower: Sendable {
    private let process: Process
    private let collector = LineCollector()

    init(_ process: Process) throws {
        self.process = process
        process.standardError = FileHandle.nullDevice
        try collector.start(process)
    }

    /// The lines so far, once there are so many or the process has ended.
    func lines(_ count: Int) -> [String] { collector.wait(forLines: count) }

    func positions(_ count: Int) throws -> [Int64?] {
        try lines(count).map { try Record(json: $0).integer("position") }
    }

    func interrupt() { process.interrupt() }

    /// Waits for the end, which must be that of a line, and gives the status as a shell would.
    func status() -> Int32 {
        process.waitUntilExit()
        #expect(collector.waitForEnd(), "cut off")
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }
}

@Suite struct FollowTests {
    private func add(_ number: Int, to workspace: Workspace) throws {
        let lines = [Line.message("new\(number)", in: "s")]
        let run = try workspace.run(
            "import", "-q", workspace.file("new\(number)", lines: lines))
        try #require(run.status == 0, "\(run.errors)")
    }

    private func workspace() throws -> Workspace {
        let workspace = try Workspace.withStore()
        let lines = [Line.session("s"), Line.message("m", in: "s")]
        try #require(
            try workspace.run("import", "-q", workspace.file("a", lines: lines)).status == 0)
        return workspace
    }

    @Test func anotherProcessesAppendsAreFollowed() throws {
        let workspace = try workspace()
        let follower = try Follower(workspace.process("follow", "--from", "start", "--json"))
        #expect(try follower.positions(2) == [1, 2])
        for number in 1...3 {
            try add(number, to: workspace)
            #expect(try follower.positions(2 + number) == (1...(2 + number)).map { Int64($0) })
        }
        follower.interrupt()
        #expect(follower.status() == 130)
        #expect(try follower.positions(5) == [1, 2, 3, 4, 5])
    }

    @Test func fromTheHeadOrAPosition() throws {
        let workspace = try workspace()
        let table = try Follower(workspace.process("follow"))
        #expect(table.lines(1).first?.hasPrefix("RECORDED (UTC)") == true)
        let fromTwo = try Follower(
            workspace.process("follow", "--json", "--from", "2", "--limit", "2"))
        #expect(try fromTwo.positions(1) == [2])
        try add(1, to: workspace)
        #expect(table.lines(2).count == 2 && table.lines(2)[1].contains("  3  message.created"))
        #expect(fromTwo.status() == 0)
        #expect(try fromTwo.positions(2) == [2, 3])
        table.interrupt()
        #expect(table.status() == 130)
    }

    @Test func filtersApply() throws {
        let workspace = try workspace()
        let follower = try Follower(
            workspace.process(
                "follow", "--from", "start", "--json", "--type", "message.created", "--limit", "2"))
        #expect(try follower.positions(1) == [2])
        try add(1, to: workspace)
        #expect(follower.status() == 0)
        #expect(try follower.positions(2) == [2, 3])
    }

    /// Though no event comes that would have to be written.
    @Test func endsWhenNobodyReadsAnyMore() throws {
        let workspace = try workspace()
        let run = try workspace.shell(
            "$hansard follow --from start --json > >(head -n 1 > /dev/null)")
        #expect(run.status == 0)
        #expect(run.errors == "")
    }

    @Test(arguments: ["0", "-1", "x", "''"]) func placesThatAreNone(place: String) throws {
        let workspace = try workspace()
        let run = try workspace.shell("$hansard follow --from=\(place)")
        #expect(run.status == 64)
        #expect(run.errors.contains("--from"))
    }

    @Test func aPlaceBeyondTheHeadIsRefused() throws {
        let run = try workspace().run("follow", "--from", "7")
        #expect(run.status == 1)
        #expect(run.errors.contains("the log ends at 2"))
    }
}
