import Bindings
package import Hansard

/// Some whole lines of the input, on their way to be encoded.
package struct LineChunk: Sendable {
    /// Number of the first line, from 1.
    let firstLine: Int
    package let bytes: [UInt8]
    /// Set instead of bytes for a line too long to be held.
    var oversizedBytes: Int?
}

/// Cuts the input into chunks of whole lines, decompressing it when it is zstd.
package struct LineChunks: ~Copyable {
    private let source: ByteSource
    private var decompressor: StreamDecompressor?
    private var buffer: [UInt8] = []
    private var line = 1
    private var isAtEnd = false
    private let lineBytesMax: Int
    /// Bytes taken from the source so far.
    private(set) var bytesRead = 0

    private static let readBytes = 64 << 10
    private static let chunkBytes = 256 << 10
    private static let zstdMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    init(_ source: consuming ByteSource, lineBytesMax: Int) throws {
        self.source = source
        self.lineBytesMax = lineBytesMax
        decompressor = nil
        let first = try self.source.read(Self.readBytes)
        bytesRead = first.count
        isAtEnd = first.isEmpty
        if first.starts(with: Self.zstdMagic) {
            decompressor = try StreamDecompressor(maximumOutput: Self.unfoldedBytesMax)
        }
        add(first)
    }

    /// One read of compressed input may unfold to this much; more is a bomb, not a record of chats.
    private static let unfoldedBytesMax = 128 << 20

    /// The next chunk; nil at the end.
    ///
    /// - Throws: `HansardError` when the input is cut off within a zstd frame, damaged or can't be read.
    package mutating func next() throws(HansardError) -> LineChunk? {
        do {
            return try nextChunk()
        } catch let error as HansardError {
            throw error
        } catch {
            throw HansardError(
                .invalidArgument,
                "the input is damaged after line \(line - 1): every line before it was read",
                underlying: error)
        }
    }

    private mutating func nextChunk() throws -> LineChunk? {
        while buffer.count < Self.chunkBytes && !isAtEnd { try fill() }
        if buffer.isEmpty { return try finish() }
        var end = Scan.lastNewline(in: buffer.span)
        while end == nil && !isAtEnd && buffer.count <= lineBytesMax {
            try fill()
            end = Scan.lastNewline(in: buffer.span)
        }
        if end == nil && buffer.count > lineBytesMax { return try skipLine() }
        // What is left of a line that was cut off is no line.
        if end == nil && (isCutOff || damage != nil) { return try finish() }
        let length = end.map { $0 + 1 } ?? buffer.count
        let chunk = LineChunk(firstLine: line, bytes: Array(buffer[..<length]))
        buffer.removeFirst(length)
        line += Scan.newlines(in: chunk.bytes.span)
        return chunk
    }

    /// The end of the input, once every whole line was handed out.
    private mutating func finish() throws -> LineChunk? {
        buffer.removeAll()
        if let damage { throw damage }
        return nil
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
            try fill()
        }
        defer { line += 1 }
        return LineChunk(firstLine: line, bytes: [], oversizedBytes: length)
    }

    private mutating func fill() throws {
        let bytes = try source.read(Self.readBytes)
        bytesRead += bytes.count
        guard !bytes.isEmpty else {
            isAtEnd = true
            if decompressor?.isInsideFrame == true { isCutOff = true }
            return
        }
        add(bytes)
    }

    /// Whether the input ended in the middle of a zstd frame.
    private(set) var isCutOff = false
    /// Why nothing behind the buffer can be read; thrown when the lines before it were handed out.
    private var damage: (any Error)?

    private mutating func add(_ bytes: [UInt8]) {
        if decompressor == nil { return buffer.append(contentsOf: bytes) }
        do { try decompressor?.decompress(bytes.span, appendingTo: &buffer) } catch {
            damage = error
            isAtEnd = true
        }
    }
}
