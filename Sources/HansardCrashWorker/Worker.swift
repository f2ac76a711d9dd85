import Foundation
import Hansard
import HansardBindings
import HansardChat
import HansardProjections
import HansardRecords
import HansardTesting

/// A process that appends, reads and checks what it reads, to be killed at any moment by a test.
///
/// Arguments: store, seed, pool of names, number of operations. After each answer it writes one
/// line: `A` and the first position of what was appended, or `R` and the positions of what was
/// repeated, with the fingerprints of the events. A line that begins with `!` says what is wrong.
/// With `rebuild` for the number of operations it builds generations of the index instead, until it
/// is killed or has built `seed` of them, and writes `G` and the number of each. With
/// `upgrade` it is a program whose messages have a newer version: it appends and reads until they
/// were built.
@main struct Worker {
    private let chat: Chat
    private var random: SeededGenerator
    private var mutations: RandomMutations
    /// The furthest position a read has ended at.
    private var seen = Position.zero

    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 5, arguments[4] == "rebuild", let count = Int(arguments[2]) {
            return rebuild(arguments[1], count: count)
        }
        if arguments.count == 5, arguments[4] == "upgrade" { return upgrade(arguments[1]) }
        guard arguments.count == 5, let seed = UInt64(arguments[2]),
            let pool = UInt64(arguments[3]), let count = Int(arguments[4])
        else {
            say("! usage: HansardCrashWorker STORE SEED POOL OPERATIONS")
            exit(2)
        }
        do {
            var worker = try Worker(arguments[1], SeededGenerator(seed: seed), pool: pool)
            say("O")
            for _ in 0..<count { try await worker.step() }
            if seed % 2 == 0 { try worker.chat.store.close() }
        } catch {
            say("! \(error)")
            exit(3)
        }
    }

    private static func rebuild(_ path: String, count: Int) {
        do {
            for number in 0..<count {
                let rebuilder = try Rebuilder(path: path, units: ChatUnits.all, keep: number % 2)
                say("G \(try rebuilder.run().generation)")
            }
        } catch {
            say("! \(error)")
            exit(3)
        }
    }

    /// Builds in the background of an open store.
    private static func upgrade(_ path: String) {
        do {
            let store = try Store.open(path, units: ChangedChat.units)
            say("O")
            repeat {
                let note = Event(type: EventType("note"), stream: try StreamName(text: "notes/n"))
                say("A \(try store.appendBlocking(Append([note])).first)")
                _ = try store.read { try $0.sessions(limit: 5) }
            } while !store.unitStatuses().isEmpty
            let count = try store.read { try $0.table("messages.sessions").count() }
            say("M \(count)")
            try store.close()
        } catch {
            say("! \(error)")
            exit(3)
        }
    }

    private init(_ path: String, _ random: SeededGenerator, pool: UInt64) throws {
        self.random = random
        mutations = try RandomMutations(self.random.fork(), pool: pool)
        var settings = Store.Settings()
        settings.flushEventsMax = self.random.pick([1, 5, 20, 100, 10_000])
        settings.groupEventsMax = self.random.pick([1, 5, 1_000])
        settings.flushAge = .milliseconds(self.random.pick([1, 10, 1_000]))
        settings.compressionLevel = 1
        chat = try Chat.open(path, settings: settings)
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    private mutating func step() async throws {
        var appends: [Append] = []
        for _ in 0..<random.pick([1, 1, 1, 2, 5, 12]) { appends.append(try next()) }
        let answers: [Result<Appended, HansardError>]
        switch random.below(3) {
        case 0: answers = await Self.appendEach(appends, to: chat.store)
        case 1: answers = try await Self.appendBlocking(appends, to: chat.store)
        default:
            let prepared = try appends.map { try chat.store.prepare($0) }
            answers = await chat.store.enqueue(prepared).answers()
        }
        for (append, answer) in zip(appends, answers) { try note(append, answer) }
        if random.chance(60) { try look() }
    }

    private mutating func next() throws -> Append {
        let store = chat.store
        return try mutations.next { stream in try store.read { try $0.stream(stream)?.revision } }
    }

    /// Blocks a thread of its own, as callers without tasks do.
    private static func appendBlocking(
        _ appends: [Append], to store: Store
    ) async throws -> [Result<Appended, HansardError>] {
        try await withCheckedThrowingContinuation { continuation in
            do {
                _ = try DedicatedThread(name: "caller") {
                    continuation.resume(with: Result { try store.appendBlocking(appends) })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private static func appendEach(
        _ appends: [Append], to store: Store
    ) async -> [Result<Appended, HansardError>] {
        await withTaskGroup(of: (Int, Result<Appended, HansardError>).self) { group in
            for (number, append) in appends.enumerated() {
                group.addTask {
                    do throws(HansardError) {
                        return (number, .success(try await store.append(append)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                .sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Says what was answered, then checks that a read sees it.
    private mutating func note(_ append: Append, _ answer: Result<Appended, HansardError>) throws {
        let prints = append.events.map { "\(Fingerprint.of($0))" }
        switch answer {
        case .success(let appended) where appended.wasRepeated:
            Self.say("R " + appended.positions.map { "\($0)" }.joined(separator: " "))
        case .success(let appended):
            Self.say("A \(appended.first) " + prints.joined(separator: " "))
        case .failure(let error):
            let expected: [ErrorCode] = [
                .idConflict, .wrongExpectedRevision, .invalidArgument,
            ]
            guard expected.contains(error.code) else { throw error }
            return
        }
        let positions = try answer.get().positions
        try read { view in
            for (event, position) in zip(append.events, positions) {
                guard try view.event(at: position)?.event.id == event.id,
                    try view.event(withID: event.id)?.position == position
                else { throw Mismatch("\(event.id) was answered at \(position) and not found") }
            }
        }
    }

    private mutating func read(_ body: (ReadView) throws -> Void) throws {
        let before = seen
        seen = try chat.store.read { view in
            guard view.position >= before else {
                throw Mismatch("a read ends at \(view.position), after one at \(before)")
            }
            try body(view)
            return view.position
        }
    }

    /// True if what a view counts is what it lists.
    private mutating func look() throws {
        try read { view in
            for summary in try view.sessions(limit: 5).items {
                guard
                    let session = try view.stream(
                        StreamName(category: "session", id: summary.id))?.entity,
                    session == summary.session.position
                else { continue }
                let listed = try view.messages(ofSession: summary.id, limit: 10_000)?.items.count
                let counted = try view.messagesCount(ofSession: summary.id)
                guard listed == counted, counted == summary.messagesCount else {
                    throw Mismatch("\(summary.id) lists \(listed ?? 0) and counts \(counted)")
                }
            }
        }
    }
}
