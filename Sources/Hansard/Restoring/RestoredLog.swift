import Bindings

/// A new log that is filled from a backup.
///
/// Its commits don't wait for the disk: the files count for nothing until they have been flushed
/// whole and the directory has its name. For one thread.
struct RestoredLog {
    private let directory: String
    private let meta: Database
    let environment: Environment
    let events: Database
    let dictionaries: [[UInt8]]

    /// What is written in one transaction: below 60,000 changed pages, beyond which LMDB would
    /// spill.
    static let transactionBytes = 96 << 20

    /// Makes an empty log with an identity of its own, and notes the act that makes it.
    init(
        in directory: String, meta: LogMeta, dictionary: [UInt8]?, act: PendingAct?
    ) throws {
        try FileSystem.createDirectory(directory)
        var options = Environment.Options()
        options.isSynchronous = false
        let environment = try Environment(directory: directory, options: options)
        let table = try environment.openDatabase(Layout.meta, create: true)
        let events = try environment.openDatabase(Layout.events, integerKeys: true, create: true)
        let stored = try environment.openDatabase(
            Layout.dictionaries, integerKeys: true, create: true)
        guard let table, let events, let stored else {
            throw HansardError(.system, "LMDB made no tables in \(directory)")
        }
        let dictionaries = [InitialDictionary.bytes, dictionary ?? []].filter { !$0.isEmpty }
        try environment.write { transaction in
            try meta.write(to: table, in: transaction)
            try act?.put(to: table, in: transaction)
            for (number, bytes) in dictionaries.enumerated() {
                try transaction.append(
                    bytes.span, integerKey: UInt64(number) + 1, to: stored)
            }
        }
        self.directory = directory
        self.environment = environment
        self.meta = table
        self.events = events
        self.dictionaries = dictionaries
    }

    /// Writes a backup's blocks, up to and with `end`.
    ///
    /// - Parameter step: called after every block with the last event written.
    /// - Returns: when the last event was recorded.
    /// - Throws: what `step` throws; `HansardError`: `damagedBackup`; what the system refuses.
    func fill(
        from chain: BackupChain, through end: Position, level: Int,
        step: (Position) throws -> Void
    ) throws -> Int64 {
        let newest = dictionaries.last
        let compression = try newest.map { try CompressionDictionary($0, level: level) }
        let id = UInt16(dictionaries.count)
        let work = try OrderedWork<StoredBlock, RestoredBlock>(
            name: "hansard-restore", threads: 2, ahead: 6,
            nextJob: { chain.next > end ? nil : try chain.nextBlock() },
            makeWorker: {
                let maker = try RestoredBlockMaker(
                    through: end, dictionary: compression, id: id, level: level)
                return { try maker.make($0) }
            })
        var lastAt: Int64 = 0
        var isAtEnd = false
        while !isAtEnd {
            try environment.write { transaction in
                var bytes = 0
                while bytes < Self.transactionBytes {
                    guard let block = try work.next() else {
                        isAtEnd = true
                        return
                    }
                    try write(block, in: transaction)
                    bytes += block.bytes.count
                    lastAt = block.lastAt
                    try step(block.last)
                }
            }
        }
        return lastAt
    }

    private func write(
        _ block: RestoredBlock, in transaction: borrowing WriteTransaction
    ) throws {
        var position = block.first.rawValue
        var start = 0
        let bytes = block.bytes
        for end in block.ends {
            try transaction.append(
                bytes.span.extracting(start..<end), integerKey: position, to: events)
            start = end
            position += 1
        }
    }

    /// Notes the act that makes the log, for its first writer to record.
    func note(_ act: PendingAct) throws {
        try environment.write { try act.put(to: meta, in: $0) }
    }

    /// Flushes everything to the disk and closes the files.
    func finish() throws {
        try environment.sync()
        environment.close()
        try FileSystem.synchroniseFile("\(directory)/data.mdb")
        try FileSystem.synchroniseDirectory(directory)
    }
}
