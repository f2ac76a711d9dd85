import Bindings
import Hansard
import Records

/// The state of one import: what is queued and not answered, and what was counted.
struct ImportRun {
    private let chat: Chat
    private let options: Importer.Options
    var report = ImportReport()
    /// Lines queued together, in the order of their appends.
    private var pending: [(lines: [ImportLine], appends: PendingAppends)] = []
    private var agents: ImportedAgents
    /// The first line that could not be imported, when that ends the import.
    private(set) var stop: ImportFailure?

    private static let pendingMax = 6

    init(chat: Chat, options: Importer.Options) {
        self.chat = chat
        self.options = options
        agents = ImportedAgents(chat: chat)
    }

    /// Queues the lines of a chunk in their order, up to one that ends the import.
    mutating func submit(_ lines: [ImportLine]) async throws {
        var batch: [ImportLine] = []
        var appends: [PreparedAppend] = []
        for line in lines {
            switch line.content {
            case .message(let append), .session(_, _, let append):
                batch.append(line)
                appends.append(append)
            case .agent(let id, let card, let append):
                if try agents.isFirst(id) {
                    batch.append(line)
                    appends.append(append)
                    continue
                }
                // A card may replace another: what it does depends on all lines before it.
                try await enqueue(&batch, &appends)
                try await settle(downTo: 0)
                try await register(id, card, line)
            case .failure(let failure):
                // A stop must leave every line before the bad one imported.
                if !options.keepsGoing {
                    try await enqueue(&batch, &appends)
                    try await settle(downTo: 0)
                }
                fail(failure)
            }
            if stop != nil { break }
        }
        try await enqueue(&batch, &appends)
        try await settle(downTo: Self.pendingMax)
        options.onProgress(report)
    }

    /// Waits until everything queued was answered.
    mutating func finish() async throws {
        try await settle(downTo: 0)
        options.onProgress(report)
    }

    private mutating func enqueue(
        _ batch: inout [ImportLine], _ appends: inout [PreparedAppend]
    ) async throws {
        if batch.isEmpty { return }
        pending.append((batch, await chat.store.enqueue(appends)))
        batch = []
        appends = []
    }

    private mutating func settle(downTo count: Int) async throws {
        while pending.count > count {
            let (lines, appends) = pending.removeFirst()
            for (line, answer) in zip(lines, await appends.answers()) {
                report.lines += 1
                switch answer {
                case .success(let appended) where appended.wasRepeated: report.repeated += 1
                case .success: report.added += 1
                case .failure(let error): try await resolve(line, error)
                }
            }
        }
    }

    /// What exists already may be the same, imported before or by another process just now.
    private mutating func resolve(_ line: ImportLine, _ error: HansardError) async throws {
        if error.code == .wrongExpectedRevision, case .agent(let id, let card, _) = line.content {
            report.lines -= 1
            agents.forget(id)
            return try await register(id, card, line)
        }
        if error.code == .wrongExpectedRevision,
            case .session(let id, let record, _) = line.content
        {
            let existing = try chat.store.read { try $0.storedSession(id) }
            if existing?.isEquivalent(to: record) == true {
                report.repeated += 1
                return
            }
            report.lines -= 1
            return fail(
                ImportFailure(
                    line: line.number, column: nil,
                    reason: "session \(id.text) exists with other content"))
        }
        guard error.isAboutTheLine else { throw error }
        report.lines -= 1
        fail(ImportFailure(line: line.number, column: nil, reason: "\(error)"))
    }

    private mutating func register(
        _ id: Identifier, _ card: Record, _ line: ImportLine
    ) async throws {
        do {
            let isNew = try await agents.register(id, card)
            report.lines += 1
            if isNew { report.added += 1 } else { report.repeated += 1 }
        } catch let error as HansardError where error.isAboutTheLine {
            fail(ImportFailure(line: line.number, column: nil, reason: "\(error)"))
        }
    }

    private mutating func fail(_ failure: ImportFailure) {
        report.lines += 1
        report.failed += 1
        if options.keepsGoing {
            options.onFailure(failure)
        } else if stop == nil {
            stop = failure
        }
    }
}

extension HansardError {
    /// Whether the input is to blame, and not the store.
    fileprivate var isAboutTheLine: Bool {
        [.invalidArgument, .idConflict, .wrongExpectedRevision].contains(code)
    }
}

/// The agents' cards met during an import.
///
/// A card is in the log already when the agent's history, after the last card of this input, holds
/// the same one. So importing A, B, A again adds nothing, though A is not the card before B.
struct ImportedAgents {
    private let chat: Chat
    /// Revision in the agent's stream that the last line for it stands for.
    private var matched: [Identifier: Revision] = [:]

    init(chat: Chat) { self.chat = chat }

    /// Whether neither the store nor this input knew the agent; from now on this input does.
    mutating func isFirst(_ id: Identifier) throws -> Bool {
        guard matched[id] == nil, try chat.store.read({ try $0.agent(id) }) == nil else {
            return false
        }
        matched[id] = Revision(0)
        return true
    }

    /// The agent turned out to be known to the store after all.
    mutating func forget(_ id: Identifier) { matched[id] = nil }

    /// True when the card was appended, false when it was there.
    ///
    /// Another process may register the agent at the same time; then it is looked at again.
    mutating func register(_ id: Identifier, _ card: Record) async throws -> Bool {
        for _ in 1..<Self.attemptsMax {
            do { return try await registerOnce(id, card) } catch let error as HansardError {
                if error.code != .wrongExpectedRevision { throw error }
            }
        }
        return try await registerOnce(id, card)
    }

    private static let attemptsMax = 5

    private mutating func registerOnce(_ id: Identifier, _ card: Record) async throws -> Bool {
        let known = matched[id]
        let history = try chat.store.read { try $0.agentHistory(id) }
        for (revision, old) in history where known.map({ revision > $0 }) ?? true {
            if old.isEquivalent(to: card) {
                matched[id] = revision
                return false
            }
        }
        if let last = history.last, last.card.isEquivalent(to: card) {
            matched[id] = last.revision
            return false
        }
        let append = try ChatEvents.agentRegistered(id, card, replacing: history.last?.revision)
        _ = try await chat.store.append(append)
        matched[id] = try chat.store.read { try $0.agentHistory(id).last?.revision }
        return true
    }
}
