import Hansard
import HansardBindings
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
            throw CommandFailure(
                "can't read \(name) (\(ErrorText.of(error))). Nothing was appended",
                status: .badInput)
        }
        throw CommandFailure(
            "\(name) has more than \(bytesMax) bytes: append it in several lots", status: .badInput)
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
                given = try GivenEvent(try Record(json: Array(line).span))
            } catch let fault as GivenEvent.Fault {
                throw failure(index + 1, "the field '\(fault.field)': \(fault.message)")
            } catch let error as RecordError {
                let column = error.column.map { ", column \($0)" } ?? ""
                throw CommandFailure(
                    "standard input: line \(index + 1)\(column): \(error.what). Nothing was appended",
                    status: .badInput)
            }
            let stream = given.event.stream
            if let expected = given.expecting {
                if let first = lineOfStream[stream] {
                    throw failure(
                        index + 1,
                        "what is expected of \(stream) can be said with its first event alone, in line "
                            + "\(first)")
                }
                append.expecting[stream] = expected
            }
            if lineOfStream[stream] == nil { lineOfStream[stream] = index + 1 }
            append.events.append(given.event)
        }
        return append
    }

    private static func failure(_ line: Int, _ message: String) -> CommandFailure {
        CommandFailure(
            "standard input: line \(line): \(message). Nothing was appended", status: .badInput)
    }
}
