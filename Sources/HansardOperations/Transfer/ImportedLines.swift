import HansardBindings
import HansardEngine

/// Lines of an export as one thread has read them, for the one that writes them in their order.
struct ImportedLines: Sendable {
    struct Line: Sendable {
        let line: LogLine
        /// The place where it begins in the chunk.
        let start: Int
        /// The frame and hash of an event's payload, for the log and for its tree.
        var frame: [UInt8] = []
        var payload = MerkleHash.emptyRoot
    }

    let chunk: LogLines
    let lines: [Line]
    /// The reason the line after them can't be read.
    let failure: HansardError?
}

/// Reads lines of an export, and compresses and hashes what is in them. One a thread.
final class LineImporter {
    private let reader = LogLineReader()
    private var compressor: Compressor
    private let dictionary: CompressionDictionary?

    init(for log: Log, level: Int) throws {
        compressor = try Compressor(level: level)
        dictionary = try log.dictionaries.dictionary(log.dictionaries.newest)?.compression
    }

    func read(_ chunk: LogLines) throws -> ImportedLines {
        let bytes = chunk.bytes
        var lines: [ImportedLines.Line] = []
        var start = 0
        while start < bytes.count {
            let length = Scan.firstNewline(in: bytes.span.extracting(droppingFirst: start))
            let end = length.map { start + $0 } ?? bytes.count
            do {
                let line = try reader.line(bytes.span.extracting(start..<end))
                lines.append(try prepared(line, at: start))
            } catch let error as HansardError {
                return ImportedLines(chunk: chunk, lines: lines, failure: error)
            }
            start = end + 1
        }
        return ImportedLines(chunk: chunk, lines: lines, failure: nil)
    }

    private func prepared(_ line: LogLine, at start: Int) throws -> ImportedLines.Line {
        var prepared = ImportedLines.Line(line: line, start: start)
        if case .event(let event) = line {
            prepared.frame = try compressor.compress(event.payload.span, dictionary: dictionary)
            prepared.payload = .sha256(event.payload.span)
        }
        return prepared
    }
}
