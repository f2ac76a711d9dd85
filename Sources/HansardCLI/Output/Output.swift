import Hansard
import HansardBindings
import HansardRecords

/// Standard output, gathered into few writes.
///
/// Once something is printed Ctrl-C ends the program between two lines.
struct Output {
    private var buffer: [UInt8] = []
    private static let bufferBytes = 64 << 10

    init() { Interruption.watch() }

    /// Writes text and ends the line.
    mutating func line(_ text: String = "") throws {
        buffer.append(contentsOf: text.utf8)
        try endLine()
    }

    /// Writes a record as JSON on one line.
    mutating func line(_ record: Record) throws {
        let start = buffer.count
        do { try record.appendJSON(to: &buffer) } catch {
            buffer.removeSubrange(start...)
            throw error
        }
        try endLine()
    }

    mutating func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        try flushWhenFull()
    }

    private mutating func endLine() throws {
        buffer.append(UInt8(ascii: "\n"))
        try flushWhenFull()
    }

    /// Called at the end of a line.
    private mutating func flushWhenFull() throws {
        guard buffer.count >= Self.bufferBytes else { return }
        try flush()
        if let ending = ExitStatus.interruption {
            throw CommandFailure("interrupted at the end of a line", status: ending)
        }
    }

    mutating func flush() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        do {
            try StandardStream.output.write(buffer.span)
        } catch {
            if error.isBrokenPipe { throw BrokenPipe() }
            throw CommandFailure(
                "can't write the output (\(ErrorText.of(error))); nothing else failed")
        }
    }

    /// Lends an output and writes what is left of it, also when `body` fails: the lines before a
    /// failure are as good as those of a run that ends there.
    static func with(_ body: (inout Output) throws -> Void) throws {
        var output = Output()
        do { try body(&output) } catch {
            // The first failure is the one reported.
            try? output.flush()
            throw error
        }
        try output.flush()
    }
}

/// The reader of the output has gone: no failure, and nothing to say.
struct BrokenPipe: Error {}

/// Standard error, for words to people.
enum Diagnostics {
    /// Writes `hansard: …`. Text from data in it can't steer the terminal.
    static func say(_ message: String) {
        write("hansard: \(Printable.text(message))\n")
    }

    /// Writes as is. When even that is impossible there is nobody left to tell.
    static func write(_ text: String) {
        try? StandardStream.error.write(Array(text.utf8).span)
    }

    /// True if the command line asks for JSON. Its words say so: what they mean the parser may have
    /// failed to tell.
    static var isJSON: Bool {
        CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json")
    }

    /// Says what a run ends with: in words, or with `--json` as one object.
    static func end(
        _ message: String, cause: HansardError?, place: InputPlace? = nil, status: Int32
    ) {
        guard isJSON else { return say(message) }
        let fields: [(String, Value)] = [
            ("error", .string(message)),
            ("code", cause.map { .string($0.code.rawValue) } ?? .null),
            ("status", .integer(Int64(status))),
        ]
        let details = (cause.map(details) ?? []) + (place.map(numbers) ?? [])
        guard let line = try? Record(fields + details).json() else {
            return say(message)
        }
        write(line + "\n")
    }

    private static func numbers(_ place: InputPlace) -> [(String, Value)] {
        [("line", .integer(Int64(place.line)))]
            + (place.column.map { [("column", .integer(Int64($0)))] } ?? [])
    }

    /// The fields that programs decide on besides the code, where known.
    private static func details(_ error: HansardError) -> [(String, Value)] {
        let fields: [(String, Value?)] = [
            ("class", .string(error.code.errorClass.rawValue)), ("what", .string(error.what)),
            ("advice", error.advice.map { .string($0.command) }),
            ("position", error.position.map { .integer(Int64($0.rawValue)) }),
            ("stream", error.stream.map { .string("\($0)") }),
            ("path", error.path.map { .string($0) }),
        ]
        return fields.compactMap { name, value in value.map { (name, $0) } }
    }
}
