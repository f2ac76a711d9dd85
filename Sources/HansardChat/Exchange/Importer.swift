public import Hansard
import HansardBindings
import HansardRecords

/// The report of an import.
public struct ImportReport: Sendable, Equatable {
    public var lines = 0
    /// Mutations that are new in the log.
    public var added = 0
    /// Mutations that were in the log already.
    public var repeated = 0
    public var failed = 0
    public var bytesRead = 0

    public init() {}
}

/// Imports mutations in the shape of the corpus: JSON Lines, plain or compressed with zstd.
///
/// Lines are appended in their order. Importing the same input again adds nothing. Parsing and
/// compressing run beside the commits; memory is bounded by a few chunks.
public struct Importer: Sendable {
    public struct Options: Sendable {
        /// Go on after a line that can't be imported.
        public var keepsGoing = false
        /// Take what lines say of who did it and why (`$provenance`) into the record. The record's
        /// actor is an authenticated principal: only for input that the operator vouches for.
        /// Without this it is passed over.
        public var takesProvenance = false
        /// The importer: the actor of redactions whose line does not say whose they were, so that
        /// none is in the record without a name.
        public var actor: String?
        /// Called for each line that can't be imported.
        public var onFailure: @Sendable (ImportFailure) -> Void = { _ in }
        /// Called now and then with what was done so far.
        public var onProgress: @Sendable (ImportReport) -> Void = { _ in }
        /// Asked between chunks and while waiting for input; true ends the import at the end of a
        /// line.
        public var isStopped: @Sendable () -> Bool = { false }

        public init() {}
    }

    let chat: Chat
    let options: Options

    public init(into chat: Chat, options: Options = Options()) {
        self.chat = chat
        self.options = options
    }

    /// Imports everything `source` gives.
    ///
    /// - Returns: what was done, all of it durable.
    /// - Throws: `ImportFailure` for the first line that can't be imported, unless the settings
    ///   keep going; the lines before it are in the log, and those after it that were under way.
    ///   `onProgress` has reported what was done. `HansardError` when the input is damaged or cut
    ///   off (every whole line before that is in the log) or the store fails.
    public func run(_ source: consuming ImportSource) async throws -> ImportReport {
        var run = ImportRun(chat: chat, options: options)
        var chunks = try source.chunks(
            recordBytesMax: chat.store.settings.eventBytesMax, isStopped: options.isStopped)
        var encoding: [Task<[ImportLine], Never>] = []
        let store = chat.store
        let takesProvenance = options.takesProvenance
        var inputError: HansardError?
        while !options.isStopped() && run.stop == nil {
            let chunk: LineChunk?
            do { chunk = try chunks.next() } catch {
                inputError = error
                break
            }
            guard let chunk else { break }
            encoding.append(
                Task.detached {
                    var encoder = ImportEncoder(store: store, takesProvenance: takesProvenance)
                    return encoder.encode(chunk)
                })
            run.report.bytesRead = chunks.bytesRead
            if encoding.count >= Self.encodingMax {
                try await run.submit(encoding.removeFirst().value)
            }
        }
        for task in encoding where run.stop == nil { try await run.submit(task.value) }
        run.report.bytesRead = chunks.bytesRead
        try await run.finish()
        // Damage may also be why a line before it could not be imported.
        if let inputError { throw inputError }
        if let failure = run.stop { throw failure }
        if chunks.isCutOff {
            throw HansardError(
                .damagedInput,
                "the input ends in the middle of its zstd frame: it is cut off; every whole "
                    + "line before that was imported",
                advice: .takeWholeFile)
        }
        return run.report
    }

    private static let encodingMax = 4
}

/// The place where an import reads from.
public struct ImportSource: ~Copyable {
    private let source: ByteSource

    /// Size of the input in bytes as it is stored, when that is known.
    public var size: Int? { source.size }

    /// Opens a file.
    ///
    /// - Throws: `HansardError` with the path: `notFound`, `noPermission` or `system`.
    public init(path: String) throws(HansardError) {
        do { source = try ByteSource(path: path) } catch { throw .unreadableInput(error) }
    }

    public static func standardInput() -> ImportSource { ImportSource(.standardInput()) }

    private init(_ source: consuming ByteSource) { self.source = source }

    /// The input in chunks of whole lines, until it ends or, while waiting, `isStopped` says so.
    package consuming func chunks(
        recordBytesMax: Int, isStopped: @escaping @Sendable () -> Bool = { false }
    ) throws(HansardError) -> LineChunks {
        try LineChunks(source, recordBytesMax: recordBytesMax, isStopped: isStopped)
    }
}
