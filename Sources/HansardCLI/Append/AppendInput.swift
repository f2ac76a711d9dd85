import Hansard
import HansardBindings
import HansardChat
import HansardRecords

/// The lines of `append --lines`, all of them or none.
enum AppendInput {
    /// More than an append can hold, with room for what JSON takes beside the data.
    private static let bytesMax = 256 << 20

    /// All bytes of standard input, or of a file.
    static func bytes(of path: String) throws -> [UInt8] {
        let name = path == "-" ? "standard input" : path
        var bytes: [UInt8] = []
        Interruption.watch()
        do {
            let source = path == "-" ? ByteSource.standardInput() : try ByteSource(path: path)
            while true {
                try waitUntilReady(source, name)
                let piece = try source.read(1 << 20)
                if piece.isEmpty { return bytes }
                bytes += piece
                if bytes.count > bytesMax { break }
            }
        } catch let error as SystemError {
            throw failure(.unreadableInput(error))
        }
        let path = path == "-" ? nil : path
        throw failure(
            HansardError(
                .tooLarge, "\(name) has more than \(bytesMax) bytes", advice: .split(orRaise: nil),
                path: path))
    }

    /// Waits for input; a pipe may have none for ever.
    private static func waitUntilReady(_ source: borrowing ByteSource, _ name: String) throws {
        while source.size == nil && !source.isReady(milliseconds: 100) {
            try checkInterruption(name)
        }
        try checkInterruption(name)
    }

    private static func checkInterruption(_ name: String) throws {
        guard let ending = ExitStatus.interruption else { return }
        throw CommandFailure(
            "interrupted while reading \(name): nothing was appended", status: ending)
    }

    /// Reads the events and what they expect of their streams.
    static func append(of bytes: [UInt8]) throws -> Append {
        var append = Append([])
        var lineOfStream: [StreamName: Int] = [:]
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            let given: GivenEvent
            do {
                given = try GivenEvent(.init(line: Record(json: Array(line).span)))
            } catch let fault as GivenEvent.Fault {
                throw failure(
                    fault.error.with(what: "the field '\(fault.field)': \(fault.error.what)"),
                    at: InputPlace(line: index + 1))
            } catch let error as RecordError {
                throw failure(
                    HansardError(error, what: error.what),
                    at: InputPlace(line: index + 1, column: error.column))
            }
            let stream = given.event.stream
            if let expected = given.expecting {
                if let first = lineOfStream[stream] {
                    throw failure(
                        HansardError(
                            .invalidArgument,
                            "only the stream's first event, in line \(first), may have 'expect'",
                            stream: stream),
                        at: InputPlace(line: index + 1))
                }
                append.expecting[stream] = expected
            }
            if lineOfStream[stream] == nil { lineOfStream[stream] = index + 1 }
            append.events.append(given.event)
        }
        return append
    }

    private static func failure(
        _ error: HansardError, at place: InputPlace? = nil
    ) -> CommandFailure {
        let column = place?.column.map { ", column \($0)" } ?? ""
        let prefix = place.map { "standard input: line \($0.line)\(column): " } ?? ""
        return CommandFailure(
            "\(prefix)\(ErrorText.of(error)). Nothing was appended", status: .ofInput(error.code),
            cause: error, place: place)
    }
}
