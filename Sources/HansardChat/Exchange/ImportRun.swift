import Hansard
import HansardBindings
import HansardRecords

/// The state of one import: what is queued and not answered, and what was counted.
struct ImportRun {
    private let chat: Chat
    private let options: Importer.Options
    var report = ImportReport()
    /// Lines queued together, in the order of their appends.
    private var pending: [(lines: [ImportLine], appends: PendingAppends)] = []
    private var agents: ImportedAgents
    private var sessions: ImportedSessions
    /// The first line that could not be imported, when that ends the import.
    private(set) var stop: ImportFailure?

    private static let pendingMax = 6

    init(chat: Chat, options: Importer.Options) {
        self.chat = chat
        self.options = options
        agents = ImportedAgents(chat: chat)
        sessions = ImportedSessions(chat: chat)
    }

    /// Queues the lines of a chunk in their order, up to one that ends the import.
    mutating func submit(_ lines: [ImportLine]) async throws {
        var batch: [ImportLine] = []
        var appends: [PreparedAppend] = []
        for line in lines {
            switch line.content {
            case .message(let append):
                batch.append(line)
                appends.append(append)
            case .session(let id, let record, let append):
                if try !sessions.isKnown(id) {
                    batch.append(line)
                    appends.append(append)
                    continue
                }
                // Deleted before: whether this is the one that was depends on all lines before it.
                try await enqueue(&batch, &appends)
                try await settle(downTo: 0)
                try await create(id, record, append, line)
            case .operation(let operation, let provenance):
                try await enqueue(&batch, &appends)
                try await settle(downTo: 0)
                try await perform(operation, provenance, line)
            case .agent(let id, let card, let provenance, let append):
                if try agents.isFirst(id) {
                    batch.append(line)
                    appends.append(append)
                    continue
                }
                // A card may replace another: what it does depends on all lines before it.
                try await enqueue(&batch, &appends)
                try await settle(downTo: 0)
                try await register(id, card, provenance, line)
            case .failure(let failure):
                // A stop must leave every line before the bad one imported.
                if !options.keepsGoing {
                    try await enqueue(&batch, &appends)
                    try await settle(downTo: 0)
                }
                fail(failure)
            case .broken(let error):
                try await enqueue(&batch, &appends)
                try await settle(downTo: 0)
                throw error
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
                case .success(let appended):
                    if appended.wasRepeated { report.repeated += 1 } else { report.added += 1 }
                    if case .session(let id, _, _) = line.content {
                        sessions.note(id, appended.first)
                    }
                case .failure(let error): try await resolve(line, error)
                }
            }
        }
    }

    /// Decides a refused line: the record that exists may be the same, imported before or just now.
    private mutating func resolve(_ line: ImportLine, _ error: HansardError) async throws {
        if error.code == .wrongExpectedRevision,
            case .agent(let id, let card, let provenance, _) = line.content
        {
            report.lines -= 1
            agents.forget(id)
            return try await register(id, card, provenance, line)
        }
        if error.code == .wrongExpectedRevision,
            case .session(let id, let record, _) = line.content
        {
            let existing = try chat.store.read { try $0.storedSession(id) }
            if let existing, existing.record.isEquivalent(to: record) {
                sessions.note(id, existing.ordinal)
                report.repeated += 1
                return
            }
            report.lines -= 1
            let conflict = existing.map { ChatCommand.exists("session", id, at: $0.ordinal) }
            return fail(ImportFailure(line: line.number, conflict ?? error))
        }
        if error.code == .idConflict, case .message(let append) = line.content,
            try isShownForm(append)
        {
            report.repeated += 1
            return
        }
        guard error.code.isAboutTheLine else { throw error }
        report.lines -= 1
        fail(ImportFailure(line: line.number, error))
    }

    /// True if a message says what an export shows of the one there is: a redacted one is exported
    /// without its content.
    private func isShownForm(_ append: PreparedAppend) throws -> Bool {
        guard let event = append.firstEvent else { return false }
        return try chat.read { view in
            guard let there = try view.messageEvent(event.id) else { return false }
            guard let blanked = try view.blanked(there) else {
                return there.event.data.isEquivalent(to: event.data)
            }
            // Older exports have the field that says so, and today's have not.
            return blanked.event.data.removing(Redaction.field)
                .isEquivalent(to: event.data.removing(Redaction.field))
        }
    }

    private mutating func register(
        _ id: Identifier, _ card: Record, _ provenance: Provenance?, _ line: ImportLine
    ) async throws {
        do {
            let isNew = try await agents.register(id, card, as: provenance)
            report.lines += 1
            if isNew { report.added += 1 } else { report.repeated += 1 }
        } catch let error as HansardError where error.code.isAboutTheLine {
            fail(ImportFailure(line: line.number, error))
        }
    }

    private mutating func create(
        _ id: Identifier, _ record: Record, _ append: PreparedAppend, _ line: ImportLine
    ) async throws {
        if try sessions.match(id, record) {
            report.lines += 1
            report.repeated += 1
            return
        }
        pending.append(([line], await chat.store.enqueue([append])))
        try await settle(downTo: 0)
    }

    private mutating func perform(
        _ operation: ImportedOperation, _ provenance: Provenance?, _ line: ImportLine
    ) async throws {
        do {
            var provenance = provenance ?? Provenance()
            if operation.isRedaction, provenance.actor == nil, provenance.onBehalfOf == nil {
                provenance.actor = options.actor
            }
            let outcome = try await operation.run(on: chat, as: provenance)
            if let agent = operation.agent { try agents.note(agent, event: operation.eventID) }
            report.lines += 1
            if outcome == .added { report.added += 1 } else { report.repeated += 1 }
        } catch let error as HansardError where error.code.isAboutTheLine {
            fail(operation, line, error)
        } catch let error as RecordError {
            fail(operation, line, HansardError(error))
        }
    }

    private mutating func fail(
        _ operation: ImportedOperation, _ line: ImportLine, _ error: HansardError
    ) {
        let named = error.with(what: "\(operation.name): \(error.what)")
        fail(ImportFailure(line: line.number, named))
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
