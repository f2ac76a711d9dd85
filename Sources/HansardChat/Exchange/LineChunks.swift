import Hansard
import HansardBindings

/// Some whole lines of the input, on their way to be encoded.
package struct LineChunk: Sendable {
    /// Number of the first line, from 1.
    package let firstLine: Int
    package let bytes: [UInt8]
    /// Set instead of bytes for a line too long to be held.
    package var oversizedBytes: Int?
}

/// Cuts the input into chunks of whole lines, decompressing it when it is zstd.
package struct LineChunks: ~Copyable {
    private let source: ByteSource
    private var decompressor: StreamDecompressor?
    private var buffer: [UInt8] = []
    private var line = 1
    private var isAtEnd = false
    private let recordBytesMax: Int
    /// Asked while there is nothing to read; true ends the input after the last whole line.
    private let isStopped: @Sendable () -> Bool
    /// Bytes taken from the source so far.
    private(set) var bytesRead = 0

    private static let readBytes = 64 << 10
    private static let chunkBytes = 256 << 10
    private static let zstdMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    init(
        _ source: consuming ByteSource, recordBytesMax: Int,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) throws(HansardError) {
        self.source = source
        self.recordBytesMax = recordBytesMax
        self.isStopped = isStopped
        decompressor = nil
        let first = beginning()
        if first.starts(with: Self.zstdMagic) {
            do { decompressor = try StreamDecompressor() } catch {
                throw HansardError(
                    .system, "zstd can't decompress the input", underlying: error)
            }
        }
        do { try add(first) } catch { end(with: error) }
    }

    /// The first bytes, enough to tell zstd from text. A pipe may give them one by one.
    private mutating func beginning() -> [UInt8] {
        var first: [UInt8] = []
        do {
            while first.count < Self.zstdMagic.count, let more = try read() { first += more }
        } catch {
            end(with: error)
        }
        return first
    }

    /// The next chunk of the source; nil, and `isAtEnd`, when that is nothing or the import was
    /// stopped.
    private mutating func read() throws -> [UInt8]? {
        // A file always is ready; for a pipe or a terminal it may take for ever.
        while source.size == nil && !source.isReady(milliseconds: Self.readyMilliseconds) {
            if isStopped() {
                wasStopped = true
                isAtEnd = true
                return nil
            }
        }
        let bytes = try source.read(Self.readBytes)
        bytesRead += bytes.count
        if bytes.isEmpty {
            isAtEnd = true
            return nil
        }
        return bytes
    }

    private static let readyMilliseconds: Int32 = 100
    /// True if the input ended because the import was stopped, perhaps in the middle of a line.
    private var wasStopped = false

    /// The next chunk; nil at the end.
    ///
    /// - Throws: `HansardError`: `damagedInput` when zstd finds damage; `noPermission` or
    ///   `system`, with the path, when the operating system can't read the input.
    package mutating func next() throws(HansardError) -> LineChunk? {
        do {
            return try nextChunk()
        } catch let error as SystemError {
            let failure = HansardError.unreadableInput(error)
            throw line == 1 ? failure : failure.with(what: "\(failure.what) after line \(line - 1)")
        } catch {
            throw HansardError(
                .damagedInput,
                "the input is damaged after line \(line - 1); the lines before it were read, "
                    + "but zstd checks its input only at the end of a frame",
                advice: .compareWithWholeCopy, underlying: error)
        }
    }

    private mutating func nextChunk() throws -> LineChunk? {
        while buffer.count < Self.chunkBytes && !isAtEnd { fill() }
        if buffer.isEmpty, let failure { throw failure }
        if buffer.isEmpty { return nil }
        var end = Scan.lastNewline(in: buffer.span)
        var bound = LineBound(recordBytesMax: recordBytesMax)
        while end == nil && !isAtEnd && !bound.isExceeded(by: buffer) {
            let searched = buffer.count
            fill()
            end = Scan.lastNewline(in: buffer.span.extracting(droppingFirst: searched))
                .map { searched + $0 }
        }
        if end == nil && bound.isExceeded(by: buffer) { return try skipLine() }
        if end == nil, let failure { throw failure }
        if end == nil && (wasStopped || isCutOff) { return nil }
        let length = end.map { $0 + 1 } ?? buffer.count
        let chunk = LineChunk(firstLine: line, bytes: Array(buffer[..<length]))
        buffer.removeFirst(length)
        line += Scan.newlines(in: chunk.bytes.span)
        return chunk
    }

    /// Passes over a line too long to be held.
    private mutating func skipLine() throws -> LineChunk {
        var length = 0
        while true {
            if let newline = Scan.firstNewline(in: buffer.span) {
                length += newline
                buffer.removeFirst(newline + 1)
                break
            }
            length += buffer.count
            buffer.removeAll(keepingCapacity: true)
            if isAtEnd { break }
            fill()
        }
        defer { line += 1 }
        return LineChunk(firstLine: line, bytes: [], oversizedBytes: length)
    }

    /// Takes in what comes next. A failure ends the input, and is reported once the lines before it
    /// are handed out.
    private mutating func fill() {
        do {
            if try unfold() { return }
            if let bytes = try read() { return try add(bytes) }
            if !wasStopped && decompressor?.isInsideFrame == true { isCutOff = true }
        } catch {
            end(with: error)
        }
    }

    private mutating func end(with error: any Error) {
        failure = error
        isAtEnd = true
    }

    private var failure: (any Error)?

    /// True if the input ended in the middle of a zstd frame.
    package private(set) var isCutOff = false

    private mutating func add(_ bytes: [UInt8]) throws {
        if decompressor == nil {
            buffer.append(contentsOf: bytes)
        } else {
            folded = bytes
            foldedStart = 0
            _ = try unfold()
        }
    }

    /// Compressed bytes that were read and not decompressed yet.
    private var folded: [UInt8] = []
    private var foldedStart = 0

    /// Decompresses a little of what was read, for it may unfold to thirty thousand times its size;
    /// false when all of it is.
    private mutating func unfold() throws -> Bool {
        if foldedStart == folded.count { return false }
        let end = min(folded.count, foldedStart + Self.foldedBytes)
        let piece = Array(folded[foldedStart..<end])
        foldedStart = end
        try decompressor?.decompress(piece.span, appendingTo: &buffer)
        return true
    }

    private static let foldedBytes = 2 << 10
}
