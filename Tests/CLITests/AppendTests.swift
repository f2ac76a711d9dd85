import Foundation
import HansardRecords
import Testing

@Suite struct AppendTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace.withStore() }

    private func positions() throws -> Int {
        Int(try workspace.run("stats", "--json").records().first?.integer("head") ?? -1)
    }

    @Test func oneEventWithAllThereIsToSay() throws {
        let run = try workspace.run(
            "append", "--stream", "deploy/42", "--type", "deploy.started", "--data",
            #"{"by":"ci","n":1.0}"#, "--id", "d-1", "--expect", "none", "--actor", "ci",
            "--on-behalf-of", "ann", "--correlation", "c-1", "--causation", "c-0", "--metadata",
            #"{"host":"a"}"#, "--json")
        #expect(run.status == 0, "\(run.errors)")
        let answer = try #require(try run.records().first)
        #expect(answer.integer("position") == 1 && answer.integer("revision") == 0)
        #expect(answer.string("id") == "d-1" && answer.bool("repeated") == false)
        let event = try #require(try workspace.run("events", "--json").records().first)
        let expected = try Record(
            json: """
                {"position":1,"revision":0,"id":"d-1","type":"deploy.started","schema_version":1,
                 "stream":"deploy/42","actor":"ci","on_behalf_of":"ann","correlation_id":"c-1",
                 "causation_id":"c-0","metadata":{"host":"a"},"lifecycle":"begins","entity":1,
                 "data":{"by":"ci","n":1.0}}
                """)
        #expect(event.isEquivalent(to: expected, ignoring: ["recorded_at"]))
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func dataFromStandardInputAndFiles() throws {
        let file = try workspace.file("data.json", Data(#"{"from":"file"}"#.utf8))
        let input = Data(#" {"from":"input"} "#.utf8)
        #expect(
            try workspace.run(
                "append", "--stream", "a/b", "--type", "t", "--data", "-", input: input
            )
            .output == "appended 1 event at position 1\n")
        #expect(
            try workspace.run("append", "--stream", "a/b", "--type", "t", "--data", "@\(file)")
                .status
                == 0)
        #expect(try workspace.run("append", "--stream", "a/b", "--type", "t").status == 0)
        let data = try workspace.run("events", "--json").records().map {
            try $0.record("data")?.json()
        }
        #expect(data == [#"{"from":"input"}"#, #"{"from":"file"}"#, "{}"])
    }

    @Test func whatIsExpectedMustHold() throws {
        func append(_ expect: String, _ more: String = "") throws -> CommandRun {
            try workspace.shell(
                "$hansard append --stream a/b --type t --expect \(expect) \(more)")
        }
        let missing = try append("exists")
        #expect(missing.status == 3)
        #expect(missing.errors == "hansard: a/b does not exist. Nothing was appended\n")
        let early = try append("0")
        #expect(early.status == 3 && early.errors.contains("a/b has no event, not at revision 0"))
        #expect(try append("none").status == 0)
        let again = try append("none")
        #expect(again.status == 3)
        #expect(again.errors.contains("a/b exists already") && again.errors.contains("Nothing"))
        #expect(try append("exists").status == 0)
        let stale = try append("0")
        #expect(stale.status == 3)
        #expect(stale.errors.contains("a/b is at revision 1, not at revision 0"))
        #expect(try append("1", "--lifecycle ends").status == 0)
        #expect(try append("exists").status == 3)
        #expect(try append("any").status == 0)
        #expect(try positions() == 4)
    }

    @Test func theSameAgainAddsNothing() throws {
        let command = "$hansard append --stream a/b --type t --id one"
        #expect(try workspace.shell("\(command) --data '{\"n\":1}'").status == 0)
        let again = try workspace.shell("\(command) --data '{\"n\":1}'")
        #expect(again.status == 0)
        #expect(again.output == "1 event already in the log at position 1\n")
        let other = try workspace.shell("\(command) --data '{\"n\":2}'")
        #expect(other.status == 3)
        #expect(other.errors.contains("other content"))
        #expect(try positions() == 1)
    }

    @Test func manyLinesAtOnce() throws {
        let lines = [
            #"{"stream":"a/1","type":"t","id":"x","expect":"none","data":{"n":1}}"#, "",
            #"{"stream":"a/1","type":"t","lifecycle":"ends","claims":["y","z"],"schema_version":3}"#,
            #"{"stream":"a/2","type":"u","actor":"me"}"#,
        ]
        let input = Data(lines.joined(separator: "\n").utf8)
        let run = try workspace.run("append", "--lines", "--json", input: input)
        #expect(run.status == 0, "\(run.errors)")
        let answers = try run.records()
        #expect(answers.map { $0.integer("position") } == [1, 2, 3])
        #expect(answers.map { $0.integer("revision") } == [0, 1, 0])
        #expect(answers.map { $0.string("stream") } == ["a/1", "a/1", "a/2"])
        let second = try workspace.run("events", "--json").records()[1]
        #expect(second.field("claims") == .array(["y", "z"]))
        #expect(second.integer("schema_version") == 3 && second.string("lifecycle") == "ends")
        #expect(
            try workspace.run("append", "--lines", input: Data()).output == "nothing to append\n")
        let text = try workspace.run(
            "append", "--lines", input: Data(#"{"stream":"b/1","type":"t"}"#.utf8))
        #expect(text.output == "appended 1 event at position 4\n")
    }

    /// Between two good lines: nothing of the three is appended.
    @Test(arguments: [
        ("{oops}", "column 2"), ("[1]", "column 1"), (#"{"type":"t"}"#, "'stream': is missing"),
        (#"{"stream":"a/b"}"#, "'type': is missing"),
        (#"{"stream":"ab","type":"t"}"#, "'stream': 'ab' is not a stream name"),
        (#"{"stream":"a/b","type":""}"#, "event type has 1 to 64 bytes"),
        (#"{"stream":"a/b","type":7}"#, "'type': must be text"),
        (#"{"stream":"a/b","type":"t","datum":{}}"#, "'datum': is unknown; the known fields are"),
        (#"{"stream":"a/b","type":"t","position":7}"#, "'position': is assigned by the store"),
        (#"{"stream":"a/b","type":"t","data":[]}"#, "'data': must be an object"),
        (#"{"stream":"a/b","type":"t","id":""}"#, "'id': an identifier cannot be empty"),
        (#"{"stream":"a/b","type":"t","expect":"all"}"#, "'expect': must be any, none"),
        (#"{"stream":"a/b","type":"t","expect":-1}"#, "'expect': must be"),
        (#"{"stream":"before/1","type":"t","expect":"any"}"#, "first event, in line 1, may have"),
        (#"{"stream":"a/b","type":"t","schema_version":0}"#, "'schema_version': must be"),
        (#"{"stream":"a/b","type":"t","lifecycle":"dies"}"#, "'lifecycle': must be"),
        (#"{"stream":"a/b","type":"t","claims":[7]}"#, "'claims': must be"),
        (#"{"stream":"a/b","type":"t","id":"before"}"#, "used twice"),
        (#"{"stream":"session/b","type":"t"}"#, "hansard import"),
        (#"{"stream":"system/b","type":"t"}"#, "hansard import"),
        (#"{"stream":"a/b","type":"message.created"}"#, "hansard import"),
        (#"{"stream":"a/b","type":"t","a":1,"a":2}"#, "twice"),
    ]) func aBadLineAppendsNothing(line: String, said: String) throws {
        let input =
            #"{"stream":"before/1","type":"t","id":"before"}"# + "\n\(line)\n"
            + #"{"stream":"after/1","type":"t"}"#
        let run = try workspace.run("append", "--lines", input: Data(input.utf8))
        #expect(run.status == 65, "\(run.errors)")
        #expect(run.errors.contains(said), "\(run.errors)")
        #expect(run.errors.contains("Nothing was appended"))
        #expect(run.output == "")
        #expect(try positions() == 0)
    }

    @Test(
        arguments: [
            ("{oops}", "invalid_json", Int64(2)),
            (#"{"stream":"a/b","type":7}"#, "wrong_type", nil),
            (#"{"stream":"a/b","type":"t","data":[]}"#, "wrong_type", nil),
            (#"{"stream":"a/b","type":"t","expect":[]}"#, "wrong_type", nil),
            (#"{"stream":"a/b","type":"t","schema_version":"1"}"#, "wrong_type", nil),
            (#"{"stream":"a/b","type":"t","expect":-1}"#, "invalid_argument", nil),
            (#"{"stream":"session/b","type":"t"}"#, "invalid_argument", nil),
            (#"{"stream":"a/b","type":"t","id":""}"#, "invalid_identifier", nil),
        ] as [(String, String, Int64?)])
    func aBadLineIsDataWithJSON(line: String, code: String, column: Int64?) throws {
        let input = Data((#"{"stream":"a/b","type":"t"}"# + "\n" + line).utf8)
        let run = try workspace.run("append", "--lines", "--json", input: input)
        let error = try Record(json: run.errors)
        #expect(run.status == 65 && error.string("code") == code, "\(run.errors)")
        #expect(error.integer("line") == 2 && error.integer("column") == column)
    }

    /// Data may be as deep as a record may: they are not put into another record on their way.
    @Test func theDeepestDataOfAnOption() throws {
        func data(_ levels: Int) -> String {
            #"{"x":"# + String(repeating: "[", count: levels - 1)
                + String(repeating: "]", count: levels - 1) + "}"
        }
        func append(_ levels: Int) throws -> CommandRun {
            try workspace.run("append", "--stream", "a/b", "--type", "t", "--data", data(levels))
        }
        #expect(try append(64).status == 0)
        let refused = try append(65)
        #expect(refused.status == 64 && refused.errors.contains("nested more than 64"))
        #expect(try positions() == 1)
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func aConflictAmongManyAppendsNothing() throws {
        #expect(try workspace.shell("$hansard append --stream a/b --type t --id taken").status == 0)
        let input =
            #"{"stream":"c/1","type":"t"}"# + "\n"
            + #"{"stream":"c/2","type":"other","id":"taken"}"#
        let run = try workspace.run("append", "--lines", input: Data(input.utf8))
        #expect(run.status == 3)
        #expect(run.errors.contains("taken"))
        #expect(try positions() == 1)
    }

    @Test(arguments: [
        ("--stream a/b", 64, "--type"), ("--type t", 64, "--stream"), ("", 64, "--lines"),
        ("--lines --type t", 64, "can't be combined with --type"),
        ("--stream ab --type t", 64, "--stream"),
        ("--stream a/b --type t --data x", 64, "--data, column 1"),
        ("--stream a/b --type t --data '[]'", 64, "--data"),
        ("--stream a/b --type t --data @/none/such", 65, "/none/such"),
        ("--stream a/b --type t --metadata 7", 64, "--metadata"),
        ("--stream a/b --type t --expect some", 64, "--expect"),
        ("--stream a/b --type t --lifecycle dies", 64, "--lifecycle"),
        ("--stream a/b --type t --id ''", 64, "--id"),
        ("--stream a/b --type t --id $(printf '%0300d' 7)", 64, "255 bytes"),
        ("--stream a/b --type $(printf '%065d' 7)", 64, "64 bytes"),
        ("--stream agent/b --type t", 64, "hansard import"),
        ("--stream a/b --type task.created", 64, "hansard import"),
        ("--stream a/b --type t --correlation ''", 64, "--correlation"),
    ]) func optionsThatMakeNoEvent(options: String, status: Int32, said: String) throws {
        let run = try workspace.shell("$hansard append \(options)")
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.contains(said), "\(run.errors)")
        #expect(try positions() == 0)
    }

    @Test func aStoreThatIsNotThere() throws {
        let run = try workspace.run(
            "append", "--stream", "a/b", "--type", "t", "--store", "/none/such")
        #expect(run.status == 1)
        #expect(run.errors.contains("no store at"))
    }
}
