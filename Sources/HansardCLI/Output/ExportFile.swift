import HansardBindings

/// A file of exported lines, made under another name and renamed when it is complete.
struct ExportFile: ~Copyable {
    private let path: String
    private let temporary: String
    private let file: OutputFile
    private var compressor: StreamCompressor?
    private var compressed: [UInt8] = []

    private static let level = 9

    /// Begins a file that will be called `path`; it is compressed when that ends in `.zst`.
    static func create(path: String) throws -> ExportFile {
        let temporary = "\(path).part-\(ProcessIdentity.processID)"
        let compressor = path.hasSuffix(".zst") ? try StreamCompressor(level: level) : nil
        do {
            let file = try OutputFile(creating: temporary)
            return ExportFile(path: path, temporary: temporary, file: file, compressor: compressor)
        } catch {
            if error.isNotFound {
                throw CommandFailure(
                    "can't write \(path): the directory \(FileSystem.parent(of: path)) does not exist; "
                        + "make it first")
            }
            throw CommandFailure(
                "can't write \(path) (\(ErrorText.of(error))): name a file that you may write")
        }
    }

    private init(
        path: String, temporary: String, file: consuming OutputFile,
        compressor: consuming StreamCompressor?
    ) {
        self.path = path
        self.temporary = temporary
        self.file = file
        self.compressor = compressor
    }

    mutating func write(_ bytes: [UInt8]) throws {
        if compressor == nil { return try writeOut(bytes) }
        try compressor?.write(bytes.span, appendingTo: &compressed)
        try writeOutCompressed()
    }

    /// Makes what was written durable, and gives it its name.
    mutating func finish() throws {
        try compressor?.finish(appendingTo: &compressed)
        try writeOutCompressed()
        do {
            try file.synchronise()
            try FileSystem.rename(temporary, to: path)
            try FileSystem.synchroniseDirectory(FileSystem.parent(of: path))
        } catch {
            throw failure(error)
        }
    }

    /// Takes away what was written; the file's name when it can't be removed.
    func discard() -> String? {
        do { try FileSystem.removeFile(temporary) } catch {
            return error.isNotFound ? nil : temporary
        }
        return nil
    }

    private mutating func writeOutCompressed() throws {
        if compressed.isEmpty { return }
        try writeOut(compressed)
        compressed.removeAll(keepingCapacity: true)
    }

    private func writeOut(_ bytes: [UInt8]) throws {
        do { try file.write(bytes.span) } catch { throw failure(error) }
    }

    private func failure(_ error: SystemError) -> CommandFailure {
        let advice =
            error.isDiskFull ? "free some space, or name a file on another disk" : "try again"
        return CommandFailure("can't write \(path) (\(ErrorText.of(error))): \(advice)")
    }
}
