public import HansardChat
public import HansardRecords

/// A mutation of the gateway's contract, to be given to a store and to the model.
public enum ContractCommand: Sendable {
    case registerDefaultAgents
    case registerAgent(Record)
    case updateAgent(Identifier, Record)
    case createSession(Record)
    case updateSession(Identifier, Record)
    case deleteSession(Identifier)
    case trim(Identifier, keeping: Int)
    case createMessage(Record)
    case editMessage(Identifier, Record)
    case redactMessage(Identifier, reason: String?)
    case shareContext(Record)
    case updateContext(Identifier, Record)
    case extendContext(Identifier, minutes: Int)
    case removeExpired(batchSize: Int)
    case createTask(Record)
    case updateTask(Identifier, Record)
    case linkTask(Identifier, [Identifier])
}

/// The answer to a command.
public enum ContractAnswer: Sendable, Equatable {
    case record(Record)
    case nothing
    case flag(Bool)
    case count(Int)
    case refused(ErrorCode)
}

extension ContractCommand {
    /// Performs it on a store, on the calling thread.
    public func perform(
        on chat: Chat, as provenance: Provenance = Provenance()
    ) -> ContractAnswer {
        do { return try answer(of: chat, provenance) } catch {
            return .refused(error.code)
        }
    }

    private func answer(
        of chat: Chat, _ by: Provenance
    ) throws(HansardError) -> ContractAnswer {
        switch self {
        case .registerDefaultAgents:
            try chat.registerDefaultAgentsBlocking()
            return .nothing
        case .deleteSession(let id):
            return .flag(try chat.performBlocking(.deleteSession(id), as: by))
        case .trim(let id, let kept):
            return .count(
                try chat.performBlocking(.trimMessages(ofSession: id, keeping: kept), as: by))
        case .removeExpired(let size):
            return .count(try chat.removeExpiredContextsBlocking(batchSize: size, as: by))
        case .registerAgent(let card): return try made(chat, .registerAgent(card), by)
        case .createSession(let record): return try made(chat, .createSession(record), by)
        case .createMessage(let record): return try made(chat, .createMessage(record), by)
        case .shareContext(let record): return try made(chat, .shareContext(record), by)
        case .createTask(let record): return try made(chat, .createTask(record), by)
        case .linkTask(let id, let agents): return try made(chat, .linkTask(id, to: agents), by)
        case .updateAgent(let id, let fields):
            return try changed(chat, .updateAgent(id, fields), by)
        case .updateSession(let id, let fields):
            return try changed(chat, .updateSession(id, fields), by)
        case .editMessage(let id, let fields):
            return try changed(chat, .editMessage(id, fields), by)
        case .redactMessage(let id, let reason):
            return try changed(chat, .redactMessage(id, reason: reason), by)
        case .updateContext(let id, let fields):
            return try changed(chat, .updateContext(id, fields), by)
        case .extendContext(let id, let minutes):
            return try changed(chat, .extendContext(id, minutes: minutes), by)
        case .updateTask(let id, let fields): return try changed(chat, .updateTask(id, fields), by)
        }
    }

    private func made(
        _ chat: Chat, _ command: ChatCommand<ChatRecord>, _ by: Provenance
    ) throws(HansardError) -> ContractAnswer {
        .record(try chat.performBlocking(command, as: by).fields)
    }

    private func changed(
        _ chat: Chat, _ command: ChatCommand<ChatRecord?>, _ by: Provenance
    ) throws(HansardError) -> ContractAnswer {
        try chat.performBlocking(command, as: by).map { .record($0.fields) } ?? .nothing
    }
}
