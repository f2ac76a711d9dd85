import Hansard
import HansardBindings
import HansardRecords
import Synchronization
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Many callers at once, from tasks and from threads.
@Suite struct CallerTests {
    /// Each is answered once, with its own event's place, and nothing is lost or doubled.
    @Test func everyCallerIsAnsweredWithItsOwnPlace() async throws {
        let fixture = try StoreFixture()
        let store = try fixture.open(
            units: [Ledger.unit],
            settings: .tested.with {
                $0.queueEventsMax = 8
                $0.flushEventsMax = 40
            })
        let blocking = Mutex<[String: Position]>([:])
        let threads = try (0..<4).map { thread in
            try DedicatedThread(name: "caller") {
                for number in 0..<25 {
                    let id = "t\(thread)-\(number)"
                    guard let position = try? store.add(event(id, in: "t\(thread)")).position else {
                        return
                    }
                    blocking.withLock { $0[id] = position }
                }
            }
        }
        var places = try await withThrowingTaskGroup(of: (String, Position).self) { group in
            for number in 0..<200 {
                group.addTask {
                    let id = "a\(number)"
                    let append = Append([try event(id, in: "a\(number % 9)")])
                    return (id, try await store.append(append).first)
                }
            }
            return try await group.reduce(into: [String: Position]()) { $0[$1.0] = $1.1 }
        }
        for thread in threads { thread.join() }
        places.merge(blocking.withLock { $0 }) { $1 }
        #expect(places.count == 300)
        #expect(Set(places.values.map(\.rawValue)) == Set(1...300))
        for (id, position) in places {
            let found = try store.read { try $0.event(at: position)?.event.id }
            #expect(found == (try Identifier(id)))
        }
        #expect(try store.ledger().count == 300)
    }

    @Test func oneBadAppendOfAGroupFailsAlone() throws {
        let store = try StoreFixture().open()
        try store.add(event("taken"))
        let appends = [
            Append([try event("a", in: "s", .begins)]), Append([try event("taken", type: "other")]),
            Append([try event("b", in: "s")], expecting: [try stream("s"): .streamExists]),
            Append([try event("x"), try event("x")]),
            Append([try event("c", in: "s")], expecting: [try stream("s"): .exactly(Revision(9))]),
            Append([try event("d", in: "s")], expecting: [try stream("s"): .exactly(Revision(1))]),
        ]
        let answers = try store.appendBlocking(appends)
        #expect(
            answers.map(\.code) == [
                nil, .idConflict, nil, .invalidArgument, .wrongExpectedRevision, nil,
            ])
        #expect(try store.positions() == 4)
        let kept = try ["a", "b", "c", "d", "x"].map { id in
            try store.read { try $0.event(withID: Identifier(id))?.position.rawValue }
        }
        #expect(kept == [2, 3, nil, 4, nil])
    }

    @Test func whatIsEnqueuedFirstStandsFirst() async throws {
        let store = try StoreFixture().open()
        var pending: [PendingAppends] = []
        for lot in 0..<20 {
            let prepared = try (0..<10).map { try store.prepare(Append([event("\(lot)-\($0)")])) }
            pending.append(await store.enqueue(prepared))
        }
        var positions: [UInt64] = []
        for lot in pending {
            positions += try await lot.answers().map { try $0.get().first.rawValue }
        }
        #expect(positions == Array(1...200))
        #expect(await store.enqueue([]).answers().isEmpty)
    }

    /// Queued appends are answered when the store closes: done, or closed.
    @Test func closingAnswersEveryone() async throws {
        let fixture = try StoreFixture()
        let store = try fixture.open(settings: .tested.with { $0.queueEventsMax = 4 })
        let codes = try await withThrowingTaskGroup(of: ErrorCode?.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let append = Append([try event("e\(number)")])
                    do {
                        _ = try await store.append(append)
                        if number == 10 { try store.close() }
                        return nil
                    } catch let error as HansardError { return error.code }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count == 100)
        #expect(codes.allSatisfy { $0 == nil || $0 == .closed })
        let done = codes.count { $0 == nil }
        #expect(try fixture.open().positions() == UInt64(done))
    }

    /// A task cancelled while it waits appends nothing, and gives back what it held of the queue.
    @Test func cancelledBeforeItsTurnNothingIsAppended() async throws {
        let store = try StoreFixture().open(settings: .tested.with { $0.queueEventsMax = 1 })
        let cancelled = Task {
            // The task is the one that runs this.
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await store.append(Append([event("never")]))
        }
        await #expect(throws: HansardError.self) { try await cancelled.value }
        #expect(try store.add(event("next")).position == Position(1))
    }
}
