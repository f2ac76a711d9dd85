import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

struct DictionaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dictionary", abstract: "Train, add and list compression dictionaries.",
        discussion: """
            EXAMPLES
              hansard dictionary list
              hansard dictionary train
            """,
        subcommands: [Train.self, List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the log's dictionaries.",
            discussion: """
                New events are compressed with the newest dictionary. The log has no count of the \
                events of each dictionary; --count reads the whole log to count them.

                EXAMPLES
                  hansard dictionary list
                  hansard dictionary list --count --json
                """)

        @OptionGroup var store: StoreOptions
        @Flag(help: "Count the events of each dictionary by reading the whole log.")
        var count = false
        @OptionGroup var output: OutputOptions

        func run() throws {
            let log = try store.openLog()
            let dictionaries: [StoredDictionary]
            do {
                Interruption.watch()
                dictionaries = try log.dictionaries(
                    countingEvents: count, isCancelled: { Interruption.signal != nil })
            } catch {
                guard let ending = ExitStatus.interruption, error.code == .cancelled else {
                    throw error
                }
                throw CommandFailure("interrupted: \(ErrorText.of(error))", status: ending)
            }
            try Output.with { out in
                if output.json {
                    for dictionary in dictionaries { try out.line(try dictionary.record()) }
                    return
                }
                try out.line(Style.output.dim("ID    SIZE        EVENTS"))
                for dictionary in dictionaries { try out.line(dictionary.line) }
            }
        }
    }

    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train", abstract: "Train a dictionary on the store's events.",
            discussion: """
                Compares the new dictionary with the log's newest one, on events of streams that \
                were not used for training. With --add, all programs compress new events with the \
                new dictionary from then on. A dictionary can't be removed from the log.

                The dictionary holds pieces of the events' text, but no text of redacted messages. \
                Everybody who gets the dictionary or a copy of the log can read these pieces.

                EXAMPLES
                  hansard dictionary train
                  hansard dictionary train --add
                  hansard dictionary train --output chats.zdict
                """)

        @OptionGroup var store: AppendingStoreOptions
        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("File for the dictionary; it must not exist.", valueName: "file"),
            completion: .file())
        var output: String?
        @Flag(help: "Add the dictionary to the log.")
        var add = false
        @Flag(help: "With --add, add it even if it compresses worse than the newest one.")
        var force = false
        @Option(parsing: .unconditional, help: "Size of the dictionary in bytes.")
        var bytes = 256 << 10
        @OptionGroup var form: OutputOptions

        func validate() throws {
            guard (1_024...(16 << 20)).contains(bytes) else {
                throw ValidationError("--bytes must be from 1024 to 16777216.")
            }
        }

        func run() throws {
            if let output, FileSystem.exists(output) {
                throw CommandFailure("\(output) exists: name another file")
            }
            let chat = try add ? store.openForWriting() : store.openForReading()
            Interruption.watch()
            let trial = try train(chat)
            if add && !force && trial.isWorse {
                throw CommandFailure(
                    "the new dictionary was not added, because it compresses worse than the newest "
                        + "one: raise --bytes, or add it with --force")
            }
            if let output {
                do { try FileSystem.writeNewFile(output, trial.dictionary.span) } catch {
                    throw CommandFailure(
                        "can't write \(output) (\(ErrorText.of(error))): name a file that you may write"
                    )
                }
            }
            try checkInterruption("the dictionary was trained, but not added")
            let id =
                try add
                ? chat.store.addDictionary(
                    trial.dictionary, actor: ActingOptions.operatorName) : nil
            try chat.store.close()
            try Output.with { out in
                if form.json { return try out.line(try trial.record(id: id, path: output)) }
                for line in trial.lines(id: id, path: output) { try out.line(line) }
            }
        }

        private func train(_ chat: Chat) throws -> DictionaryTrial {
            let redacted = try chat.read { try $0.redactedEvents() }
            let status = StatusLine(isQuiet: form.json)
            defer { status.clear() }
            do {
                let trial = try chat.store.trainDictionary(
                    bytesMax: bytes, excluding: redacted,
                    isCancelled: { Interruption.signal != nil },
                    progress: { progress in status.show { progress.text } })
                status.clear()
                try checkInterruption("the dictionary was trained, but neither written nor added")
                return trial
            } catch let error as HansardError where error.code == .cancelled {
                status.clear()
                try checkInterruption("\(ErrorText.of(error)); no dictionary was made")
                throw error
            }
        }

        private func checkInterruption(_ done: String) throws {
            guard let ending = ExitStatus.interruption else { return }
            throw CommandFailure("interrupted: \(done)", status: ending)
        }
    }
}

extension DictionaryProgress {
    /// `looking at events to train on: 12,000 of 40,000`
    fileprivate var text: String {
        let (done, total) = (Figures.grouped(done), Figures.grouped(total))
        return switch phase {
        case .reading: "looking at events to train on: \(done) of \(total)"
        case .training:
            "training on \(total) events, \(Figures.duration(seconds: duration.inSeconds)) so far"
        case .measuring: "compressing events of other streams: \(done) of \(total)"
        }
    }
}

extension StoredDictionary {
    fileprivate var line: String {
        TextLayout.padded("\(id)", to: 6) + TextLayout.padded(Figures.bytes(bytesCount), to: 12)
            + (eventsCount.map { Figures.grouped($0) } ?? "not counted")
            + (isNewest ? ", newest" : "")
    }

    fileprivate func record() throws -> Record {
        try Record([
            ("id", .integer(Int64(id))), ("bytes", .integer(Int64(bytesCount))),
            ("newest", .bool(isNewest)),
            ("events", eventsCount.map { .integer(Int64($0)) } ?? .null),
        ])
    }
}

extension DictionaryTrial {
    /// True if events it was not trained on would take more room with it.
    fileprivate var isWorse: Bool { heldOut.map { $0.frameBytesThen > $0.frameBytesNow } ?? false }

    fileprivate func lines(id: Int?, path: String?) -> [String] {
        var lines = [
            "trained on \(Figures.counted(samplesCount, "event")): "
                + "\(Figures.grouped(dictionary.count)) bytes, which hold text of the events"
        ]
        if let heldOut {
            let (now, then) = (ratio(heldOut.frameBytesNow), ratio(heldOut.frameBytesThen))
            lines.append(
                "\(Figures.counted(heldOut.eventsCount, "event")) of other streams: \(now) with the "
                    + "newest dictionary now, \(then) with this one")
        } else {
            lines.append("there were no events of other streams to measure it on")
        }
        if let path { lines.append("wrote it to \(Printable.line(path))") }
        lines.append(
            id.map { "added as dictionary \($0): new events are compressed with it" }
                ?? "not added to the log, because --add was not given")
        return lines
    }

    private func ratio(_ frameBytes: Int) -> String {
        let hundredths = Int((value(frameBytes) * 100).rounded())
        let digits = hundredths % 100
        return "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits):1"
    }

    private func value(_ frameBytes: Int) -> Double {
        Double(heldOut?.payloadBytes ?? 0) / Double(max(1, frameBytes))
    }

    fileprivate func record(id: Int?, path: String?) throws -> Record {
        try Record([
            ("path", path.map { .string($0) } ?? .null),
            ("bytes", .integer(Int64(dictionary.count))),
            ("samples", .integer(Int64(samplesCount))),
            ("held_out_events", heldOut.map { .integer(Int64($0.eventsCount)) } ?? .null),
            ("ratio_now", heldOut.map { .double(value($0.frameBytesNow)) } ?? .null),
            ("ratio_then", heldOut.map { .double(value($0.frameBytesThen)) } ?? .null),
            ("added_as", id.map { .integer(Int64($0)) } ?? .null),
        ])
    }
}
