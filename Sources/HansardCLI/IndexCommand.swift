import ArgumentParser
import Hansard
import HansardBindings
import HansardRecords

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "List, compact, switch and drop generations of the index.",
        discussion: """
            EXAMPLES
              hansard index list
              hansard index compact
              hansard index use 1
            """,
        subcommands: [List.self, Compact.self, Use.self, Drop.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the generations of the index.",
            discussion: """
                EXAMPLES
                  hansard index list
                  hansard index list --json | jq 'select(.live).generation'
                """)

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let generations = try store.openGenerations().list()
            try Output.with { out in
                if output.json {
                    for generation in generations { try out.line(try generation.record()) }
                    return
                }
                try out.line(
                    Style.output.dim("GENERATION  STATE      SIZE        CURRENT TO  UNITS"))
                for generation in generations { try out.line(generation.line) }
            }
        }
    }

    struct Compact: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact", abstract: "Free the space that the index does not use.",
            discussion: """
                Index files never shrink. This verb builds the index again from the log, as \
                'rebuild' does, with full pages in key order. It then removes the old generation, \
                unless a program still has it open. The store may be in use meanwhile. Units of \
                other programs are copied without changes.

                EXAMPLES
                  hansard index compact
                """)

        @OptionGroup var store: AppendingStoreOptions
        @Option(parsing: .unconditional, help: "Number of old generations to keep.")
        var keep = 0
        @OptionGroup var foreign: ForeignUnitOptions
        @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
        var quiet = false
        @OptionGroup var output: OutputOptions

        func validate() throws {
            try RebuildSession.check(keep: keep)
        }

        func run() throws {
            try RebuildSession(
                path: try store.path(), keep: keep, foreign: foreign, settings: store.settings,
                cause: .compact
            )
            .runAndTell(isQuiet: quiet, json: output.json)
        }
    }

    struct Use: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "use", abstract: "Make a kept generation of the index live again.",
            discussion: """
                Programs that have the store open move to the generation by themselves, and fold \
                the missing events from the log. A program refuses a generation with other \
                versions of its projections.

                A generation that lacks a unit of another program is refused if the live one has \
                that unit. With --without-foreign-units, it is accepted.

                EXAMPLES
                  hansard index use 1
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: "The generation's number.") var generation: UInt64
        @OptionGroup var foreign: ForeignUnitOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let generations = try IndexGenerations(path: try store.path(), units: foreign.known)
            let previous = try generations.use(
                generation, actor: ActingOptions.operatorName)
            try Output.with { out in
                if output.json {
                    return try out.line(
                        Record([
                            ("generation", .integer(Int64(generation))),
                            ("previous", .integer(Int64(previous))),
                        ]))
                }
                let was = previous == generation ? "was already" : "\(previous) was"
                try out.line("generation \(generation) is live, \(was)")
            }
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Remove a generation of the index that is not live.",
            discussion: """
                The live generation can't be dropped, and neither can one that a program has open. \
                The last generation with a unit of another program is dropped only with \
                --without-foreign-units.

                EXAMPLES
                  hansard index drop 1
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: "The generation's number.") var generation: UInt64
        @OptionGroup var foreign: ForeignUnitOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let generations = try IndexGenerations(path: try store.path(), units: foreign.known)
            let bytes = try generations.drop(
                generation, actor: ActingOptions.operatorName)
            try Output.with { out in
                if output.json {
                    return try out.line(
                        Record([
                            ("dropped", .integer(Int64(generation))),
                            ("bytes", .integer(Int64(bytes))),
                        ]))
                }
                try out.line("dropped generation \(generation), \(Figures.bytes(bytes))")
            }
        }
    }
}

extension IndexGeneration {
    fileprivate var line: String {
        let state = isLive ? "live" : isOpen ? "in use" : "kept"
        var text = "  " + TextLayout.padded("\(number)", to: 10)
        text += TextLayout.padded(state, to: 11)
        text += TextLayout.padded(Figures.bytes(bytes), to: 12)
        guard let units else { return text + "can't be read; build another and drop this one" }
        let through = units.map(\.durablePosition).min() ?? .zero
        text += TextLayout.padded(Figures.grouped(Int(through.rawValue)), to: 12)
        return text
            + units.map { "\(Printable.line($0.name)) \($0.version)" }.joined(separator: ", ")
    }

    fileprivate func record() throws -> Record {
        try Record([
            ("generation", .integer(Int64(number))), ("live", .bool(isLive)),
            ("open", .bool(isOpen)), ("bytes", .integer(Int64(bytes))),
            (
                "units",
                units.map { units in
                    .array(
                        units.map { unit in
                            .object([
                                ("name", .string(unit.name)),
                                ("version", .integer(Int64(unit.version))),
                                ("checkpoint", .integer(Int64(unit.durablePosition.rawValue))),
                            ])
                        })
                } ?? .null
            ),
        ])
    }
}
