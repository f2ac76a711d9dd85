import Hansard
import HansardRecords

/// A mutation of the chat domain: checks the rules against the state it reads, says what to append,
/// and answers with what became of it.
///
/// Made by the functions in this folder, one for each mutation of the gateway, and run by
/// `Chat.perform` (asynchronous) or `Chat.performBlocking` (on a plain thread).
public struct ChatCommand<Answer: Sendable>: Sendable {
    /// The values a command may use besides the store's state.
    struct Context: Sendable {
        let now: Instant
        /// The largest record, in bytes of MessagePack.
        let recordBytesMax: Int
        /// Whose act it is to show redacted text when the caller names nobody.
        let operatorName: String?
    }

    struct Plan: Sendable {
        var append: Append
        /// Makes the answer once the events are recorded.
        let answer: @Sendable (Appended, Store) throws -> Answer
    }

    enum Step: Sendable {
        case answer(Answer)
        case append(Plan)
    }

    /// Tried first, without reading anything; its expectations are checked by the writer.
    var optimistic: (@Sendable (Context) throws -> Plan)?
    /// Decides on what is read. Called again when the state has changed before the append.
    let decide: @Sendable (ReadView, Context) throws -> Step
    /// True if the event's id belongs to the record.
    var ownsEventID = false
}

/// One run of a command: what was tried, and what to try next.
struct CommandRun<Answer: Sendable> {
    private let command: ChatCommand<Answer>
    private let store: Store
    private let provenance: Provenance
    private let context: ChatCommand<Answer>.Context
    private var attempts = 0

    /// The number of times a command is decided again because the state changed meanwhile.
    private static var attemptsMax: Int { 20 }

    init(_ command: ChatCommand<Answer>, _ chat: Chat, _ provenance: Provenance) {
        self.command = command
        self.provenance = provenance
        store = chat.store
        context = .init(
            now: chat.now, recordBytesMax: chat.store.settings.eventBytesMax,
            operatorName: chat.store.settings.actor)
    }

    mutating func next() throws(HansardError) -> ChatCommand<Answer>.Step {
        attempts += 1
        do {
            let step: ChatCommand<Answer>.Step
            if attempts == 1, let optimistic = command.optimistic {
                step = .append(try optimistic(context))
            } else {
                step = try store.read { try command.decide($0, context) }
            }
            guard case .append(let plan) = step else { return step }
            let append = provenance.stamp(plan.append, keepsEventID: command.ownsEventID)
            return .append(.init(append: append, answer: plan.answer))
        } catch {
            throw HansardError.wrapping(error, doing: "deciding a command")
        }
    }

    func answer(
        _ plan: ChatCommand<Answer>.Plan, _ appended: Appended
    ) throws(HansardError) -> Answer {
        do { return try plan.answer(appended, store) } catch {
            throw HansardError.wrapping(error, doing: "reading back what was recorded")
        }
    }

    /// Throws the error, unless it is worth deciding again.
    func failed(_ error: HansardError) throws(HansardError) {
        let isFirstGuess = attempts == 1 && command.optimistic != nil
        let isStale = error.code == .wrongExpectedRevision && attempts < Self.attemptsMax
        guard isStale || (isFirstGuess && error.code == .idConflict) else { throw error }
    }
}
