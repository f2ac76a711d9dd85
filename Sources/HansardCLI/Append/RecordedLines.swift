import Hansard
import HansardChat
import HansardRecords

/// Appends a program's own events from lines as `log export` and `events --json` write them. Each
/// is appended for itself and what is there already adds nothing, so that lines may be given again.
struct RecordedLines {
    private let store: Store
    private let tell: (RecordedEvent, _ isRepeated: Bool) throws -> Void
    private let reader = EventLineReader()
    private var addedCount = 0
    private var repeatedCount = 0
    private var passedOverCount = 0
    /// True if an export has begun and not come to its end.
    private var isInsideExport = false

    /// - Parameter tell: called for each event once it is durable, in the order of the lines.
    init(
        into store: Store, tell: @escaping (RecordedEvent, _ isRepeated: Bool) throws -> Void
    ) {
        self.store = store
        self.tell = tell
    }

    /// `appended 3 events, 1 was there already`
    var summary: String {
        if addedCount == 0 && repeatedCount == 0 { return "nothing to append" }
        let added = "appended \(Figures.counted(addedCount, "event"))"
        if repeatedCount == 0 { return added }
        return added + ", \(Figures.grouped(repeatedCount)) "
            + (repeatedCount == 1 ? "was already in the log" : "were already in the log")
    }

    /// The events that were passed over; nil when there are none.
    var passedOver: String? {
        if passedOverCount == 0 { return nil }
        return
            "skipped \(Figures.counted(passedOverCount, "event")) of the chat domain or the store "
            + "itself; 'hansard export' and 'hansard import' transfer the chat's events"
    }

    /// Appends all events of standard input.
    mutating func run() async throws {
        let input = ImportSource.standardInput()
        do {
            var chunks = try input.chunks(
                recordBytesMax: store.settings.eventBytesMax * 2,
                isStopped: { ExitStatus.interruption != nil })
            while ExitStatus.interruption == nil, let chunk = try chunks.next() {
                try await append(chunk)
            }
            isInsideExport = isInsideExport || chunks.isCutOff
        } catch let error as HansardError {
            let prefix = error.code == .damagedInput ? "standard input: " : ""
            throw CommandFailure(
                "\(prefix)\(ErrorText.of(error)). \(Self.again)", status: .ofInput(error.code),
                cause: error)
        }
        if let ending = ExitStatus.interruption {
            throw CommandFailure("interrupted. \(Self.again)", status: ending)
        }
        guard !isInsideExport else {
            throw CommandFailure(
                "standard input is cut off, because the export in it has no end. \(Self.again)",
                status: .badInput)
        }
    }

    private static let again =
        "The events counted above are in the store, so the same input may be given again"

    private mutating func append(_ chunk: LineChunk) async throws {
        if let bytes = chunk.oversizedBytes {
            throw Self.failure(
                chunk.firstLine,
                HansardError(.tooLarge, "the line has \(bytes) bytes, which is too many"))
        }
        var prepared: [(line: Int, append: PreparedAppend)] = []
        var failure: CommandFailure?
        for (index, line) in chunk.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            let number = chunk.firstLine + index
            do {
                if let append = try read(Array(line)) { prepared.append((number, append)) }
            } catch {
                // The events before it are appended first.
                failure = Self.failure(number, error)
                break
            }
        }
        let answers = await store.enqueue(prepared.map(\.append)).answers()
        for ((line, _), answer) in zip(prepared, answers) {
            switch answer {
            case .success(let appended): try note(appended)
            case .failure(let error): throw Self.failure(line, error)
            }
        }
        if let failure { throw failure }
    }

    /// Nil for what is passed over.
    private mutating func read(_ line: [UInt8]) throws(HansardError) -> PreparedAppend? {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
        switch try reader.line(line.span) {
        case .begin: isInsideExport = true
        case .end: isInsideExport = false
        case .event(let event) where ReservedNames.isReserved(event.stream.category):
            passedOverCount += 1
        case .event(let event):
            if ReservedNames.isReserved(event.type) {
                throw HansardError(
                    .invalidArgument, "the type '\(event.type.rawValue)' \(ReservedNames.fault)",
                    advice: .importMutations)
            }
            return try store.prepare(Append([event]))
        }
        return nil
    }

    private mutating func note(_ appended: Appended) throws {
        if appended.wasRepeated { repeatedCount += 1 } else { addedCount += 1 }
        if let event = try store.read({ try $0.event(at: appended.first) }) {
            try tell(event, appended.wasRepeated)
        }
    }

    private static func failure(_ line: Int, _ error: HansardError) -> CommandFailure {
        let status: ExitStatus =
            switch error.code {
            case .idConflict: .conflict
            case .newerFormat: .badInput
            default: .ofInput(error.code)
            }
        return CommandFailure(
            "standard input: line \(line): \(ErrorText.of(error)). \(again)", status: status,
            cause: error, place: InputPlace(line: line))
    }
}
