import Hansard
import HansardChat
import HansardRecords
import HansardTesting
import Synchronization
import Testing

/// Paging to the end while others write: each message that was there at the beginning comes once.
@Suite(.serialized) struct ConcurrentPagingTests {
    enum Kind: CaseIterable {
        case page, id, time
    }

    private let fixture: ContractFixture
    private let id: Identifier
    private static let messagesCount = 60

    init() throws {
        fixture = try ContractFixture { $0.flushEventsMax = 20 }
        id = try Identifier("s")
    }

    /// Messages of few instants, so that pages end within one; by time every instant has one.
    private func prepare(_ kind: Kind) async throws {
        try fixture.session("s")
        let chat = fixture.chat
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.messagesCount {
                group.addTask {
                    let second = kind == .time ? number : number / 15
                    try await Self.write("m\(number)", second, chat)
                }
            }
            try await group.waitForAll()
        }
    }

    private static func write(_ name: String, _ second: Int, _ chat: Chat) async throws {
        let time = "2025-01-01T00:\(10 + second / 50):\(10 + second % 50)Z"
        let message = try record(
            #"{"message_uuid":"\#(name)","session_id":"s","created_at":"\#(time)"}"#)
        _ = try await chat.perform(.createMessage(message))
    }

    /// Goes to the end, a few messages a page.
    private static func walk(
        _ kind: Kind, _ direction: Direction, _ chat: Chat
    ) async throws -> [String] {
        var ids: [String] = []
        var cursor: String?
        repeat {
            let page = try chat.read {
                try $0.messagePage(
                    ofSession: Identifier("s"), limit: 4, cursor: cursor, direction)
            }
            ids += page.items.compactMap { $0.fields.string("message_uuid") }
            cursor = page.next?.text
            if cursor != nil, kind == .id { cursor = ids.last }
            if cursor != nil, kind == .time {
                cursor = page.items.last?.fields.string("created_at")
            }
            await Task.yield()
        } while cursor != nil
        return ids
    }

    /// Equal, older and newer messages arrive; by time only of instants that were not there.
    @Test(arguments: [Direction.forwards, .backwards], Kind.allCases)
    func eachMessageComesOnce(direction: Direction, kind: Kind) async throws {
        try await prepare(kind)
        let chat = fixture.chat
        let isDone = Flag()
        let walks = try await withThrowingTaskGroup(of: [String]?.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    var number = 0
                    while !isDone.isSet {
                        number += 1
                        let second = kind == .time ? 70 + number : (number * 7) % 9
                        try await Self.write("late \(writer) \(number)", second, chat)
                    }
                    return nil
                }
            }
            for _ in 0..<3 {
                group.addTask { try await Self.walk(kind, direction, chat) }
            }
            var walks: [[String]] = []
            while let result = try await group.next() {
                if let result { walks.append(result) }
                if walks.count == 3 { isDone.set() }
            }
            return walks
        }
        for ids in walks {
            #expect(Set(ids).count == ids.count, "a message came twice")
            let first = (0..<Self.messagesCount).map { "m\($0)" }
            #expect(Set(first).subtracting(ids).isEmpty, "a message was left out")
        }
    }

    /// While the session is trimmed again and again, what is left in the end was never left out,
    /// and nothing comes twice.
    @Test(arguments: [Direction.forwards, .backwards], [Kind.page, .id])
    func trimsLeaveOutNothingElse(direction: Direction, kind: Kind) async throws {
        try await prepare(kind)
        let chat = fixture.chat
        let session = id
        let walks = try await withThrowingTaskGroup(of: [String]?.self) { group in
            group.addTask {
                for kept in stride(from: Self.messagesCount, through: 20, by: -4) {
                    _ = try await chat.perform(.trimMessages(ofSession: session, keeping: kept))
                }
                return nil
            }
            for _ in 0..<4 {
                group.addTask { try await Self.walk(kind, direction, chat) }
            }
            return try await group.reduce(into: [[String]]()) { if let ids = $1 { $0.append(ids) } }
        }
        let left = try fixture.messages(of: "s")
        #expect(left.count == 20)
        for ids in walks {
            #expect(Set(ids).count == ids.count)
            #expect(Set(left).subtracting(ids).isEmpty)
        }
    }

    /// A session deleted under a walk ends it; what came until then came once.
    @Test func aDeletedSessionEndsTheWalk() async throws {
        try await prepare(.page)
        let chat = fixture.chat
        let first = try chat.read { try $0.messagePage(ofSession: id, limit: 4) }
        let next = try #require(first.next?.text)
        #expect(try await chat.perform(.deleteSession(id)))
        let after = try chat.read { try $0.messagePage(ofSession: id, limit: 4, cursor: next) }
        #expect(after.items.isEmpty && after.next == nil && after.total == 0)
    }
}

/// Set once, seen by all.
private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
