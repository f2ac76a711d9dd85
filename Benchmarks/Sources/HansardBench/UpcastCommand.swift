import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct UpcastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upcast",
        abstract:
            "Decode the log with no upcaster, with one for a type it has not, and with one for messages."
    )

    @OptionGroup var options: BenchOptions
    @Option(help: "How often each.") var times = 3

    private static let atOnce: UInt64 = 8_192

    func run() async throws {
        var report = Report("upcast", isJSON: options.json)
        let kinds: [(String, Upcasters)] = [
            ("none", Upcasters()),
            ("another type", Self.upcasters("nothing.recorded")),
            ("message.created", Self.upcasters("message.created")),
        ]
        for _ in 0..<times {
            for (name, upcasters) in kinds {
                var settings = Store.Settings()
                settings.upcasters = upcasters
                let (count, took) = try decode(settings)
                try report.add([
                    Report.Cell("upcaster", name), Report.Cell("events", count),
                    Report.Cell("seconds", took.inSeconds, places: 3),
                    .rate("events_per_s", count, in: took),
                ])
            }
        }
    }

    /// A step that adds one field.
    private static func upcasters(_ type: String) -> Upcasters {
        let added = try? Record([("language", .string("unknown"))])
        return Upcasters([
            Upcaster(EventType(type), from: 1) { shape in
                if let added { shape.data = shape.data.merging(added) }
            }
        ])
    }

    private func decode(_ settings: Store.Settings) throws -> (Int, Duration) {
        let log = try LogReader(path: options.store, settings: settings)
        let head = try log.head().rawValue
        var versions = 0
        let (_, took) = try measured {
            for first in stride(from: 1, through: head, by: Int(Self.atOnce)) {
                try log.forEachEvent(
                    from: Position(first),
                    through: Position(min(head, first + Self.atOnce - 1))
                ) { versions += $0.event.schemaVersion }
            }
        }
        guard versions >= Int(head) else { throw ValidationError("an event has no version") }
        return (Int(head), took)
    }
}
