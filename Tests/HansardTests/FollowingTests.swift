import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct FollowingTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func store(events count: Int) throws -> Store {
        let store = try fixture.open()
        if count == 0 { return store }
        for answer in try store.appendBlocking((1...count).map { Append([try event("e\($0)")]) }) {
            _ = try answer.get()
        }
        return store
    }

    @Test(arguments: [0, 1, 255, 256, 257, 599, 600]) func readsFromAnywhereToTheHead(
        after start: UInt64
    ) async throws {
        let store = try store(events: 600)
        let read = try await positions(store.events(after: Position(start), through: .head))
        #expect(read == Array((start + 1)..<601))
    }

    @Test func anEmptyLogEndsAtItsHead() async throws {
        let store = try store(events: 0)
        #expect(try await positions(store.events(after: .zero, through: .head)) == [])
        #expect(
            try await positions(store.events(after: .zero, through: .position(.zero))) == [])
    }

    @Test func endsAtAPositionThatIsThereAlready() async throws {
        let store = try store(events: 5)
        let sequence = store.events(after: Position(1), through: .position(Position(3)))
        #expect(try await positions(sequence) == [2, 3])
        #expect(try await positions(sequence) == [2, 3], "every iteration begins anew")
    }

    @Test func followsWhatSeveralTasksAppend() async throws {
        let store = try store(events: 10)
        let follower = Task {
            try await positions(
                store.events(after: Position(10), through: .position(Position(410))))
        }
        let late = Task {
            try await positions(store.events(after: .zero, through: .position(Position(410))))
        }
        await untilWaiting(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<50 { _ = try await store.append(Append([event()])) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await follower.value == Array(11...410))
        #expect(try await late.value == Array(1...410))
    }

    /// Another store on the same files shares nothing with this one but the files, as another
    /// process does.
    @Test func followsWhatAnotherProcessAppends() async throws {
        let store = try store(events: 3)
        let other = try Store(
            files: StoreFiles(directory: fixture.path, signing: CheckpointSigning()), units: [],
            settings: .tested)
        let follower = Task {
            try await positions(store.events(after: .zero, through: .position(Position(9))))
        }
        for _ in 0..<6 {
            await untilWaiting(store)
            try other.add(event())
        }
        #expect(try await follower.value == Array(1...9))
        try other.close()
    }

    /// A publication wakes a waiter whom the look at the log, which has nothing new, never would.
    @Test func publicationsWakeAtOnce() async throws {
        let store = try store(events: 1)
        let watch = store.fold.watch
        let seen = store.log.environment.lastTransactionID + 10
        let waiter = Task { await watch.wait(after: seen, in: store.log.environment) }
        await untilWaiting(store)
        try store.add(event())
        #expect(watch.waitersCount == 1)
        let current = store.fold.published
        store.fold.publication.set(
            Published(
                index: current.index, units: current.units, logTransaction: seen + 1,
                liveGeneration: current.liveGeneration))
        await waiter.value
        await watch.wait(after: seen, in: store.log.environment)
    }

    @Test func cancellingEndsTheWait() async throws {
        let store = try store(events: 2)
        let follower = Task { try await positions(store.events(after: .zero)) }
        await untilWaiting(store)
        follower.cancel()
        #expect(try await follower.value == [1, 2])
        #expect(store.fold.watch.waitersCount == 0)
    }

    @Test func aCancelledTaskGetsNothing() async throws {
        let store = try store(events: 2)
        let follower = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await positions(store.events(after: .zero))
        }
        follower.cancel()
        #expect(try await follower.value == [])
    }

    @Test func closingTheStoreIsToldToWhoeverFollows() async throws {
        let store = try store(events: 2)
        let follower = Task { () -> (Int, ErrorCode?) in
            var count = 0
            do throws(HansardError) {
                for try await _ in store.events(after: .zero) { count += 1 }
                return (count, nil)
            } catch {
                return (count, error.code)
            }
        }
        await untilWaiting(store)
        try store.close()
        #expect(await follower.value == (2, .closed))
        var iterator = store.events(after: .zero).makeAsyncIterator()
        await #expect(throws: HansardError.self) { try await iterator.next() }
    }

    @Test func nobodyCanHaveSeenWhatIsBeyondTheHead() async throws {
        let store = try store(events: 2)
        var iterator = store.events(after: Position(3)).makeAsyncIterator()
        let error = await #expect(throws: HansardError.self) { try await iterator.next() }
        #expect(error?.code == .logRolledBack)
        #expect(error?.position == Position(2))
    }

    @Test func aSlowConsumerHoldsAChunkAndNoTransaction() async throws {
        let store = try store(events: 700)
        var iterator = store.events(after: .zero).makeAsyncIterator()
        #expect(try await iterator.next()?.position == Position(1))
        #expect(try store.log.environment.readers().allSatisfy { $0.transaction == nil })
        let rest = try #require(try await iterator.nextChunk())
        #expect(rest.map(\.position.rawValue) == Array(2...UInt64(LogChunk.eventsMax)))
        #expect(iterator.position == Position(UInt64(LogChunk.eventsMax)))
        try store.add(event("late"))
        var count = rest.count + 1
        while iterator.position < Position(701) {
            count += try await iterator.nextChunk()?.count ?? 0
        }
        #expect(count == 701)
    }

    @Test func largeEventsMakeSmallChunks() async throws {
        let store = try store(events: 0)
        let text = String(repeating: "x", count: 400_000)
        for _ in 0..<9 { try store.add(event(data: #"{"text":"\#(text)"}"#)) }
        var iterator = store.events(after: .zero).makeAsyncIterator()
        #expect(try await iterator.nextChunk()?.count == 3)
    }

    @Test func aFilterPassesEventsOverAndThePositionGoesOn() async throws {
        let store = try store(events: 1_500)
        try store.add(event("wanted", in: "s2"))
        var filter = EventFilter()
        filter.stream = try stream("s2")
        var iterator = store.events(after: .zero, matching: filter).makeAsyncIterator()
        #expect(try await iterator.next()?.event.id == Identifier("wanted"))
        #expect(iterator.position == Position(1_501))
        let sequence = store.events(
            after: .zero, matching: filter, through: .position(Position(1_503)))
        let follower = Task { try await positions(sequence) }
        await untilWaiting(store)
        try store.add(event("other", in: "s1"))
        try store.add(event("more", in: "s2"))
        #expect(try await follower.value == [1_501, 1_503])
    }

    @Test func damageIsThrownAfterWhatIsSoundBeforeIt() async throws {
        let store = try store(events: 5)
        try store.log.environment.write {
            try $0.put([1, 2, 3].span, integerKey: 4, in: store.log.events)
        }
        var read: [UInt64] = []
        do {
            for try await event in store.events(after: .zero) {
                read.append(event.position.rawValue)
            }
            Issue.record("nothing was thrown")
        } catch {
            #expect((error as HansardError).code == .corruptEvent)
            #expect((error as HansardError).position == Position(4))
        }
        #expect(read == [1, 2, 3])
    }
}

private func positions(_ sequence: EventSequence) async throws -> [UInt64] {
    var positions: [UInt64] = []
    for try await event in sequence { positions.append(event.position.rawValue) }
    return positions
}

/// Until the follower has nothing left to read.
private func untilWaiting(_ store: Store) async {
    while store.fold.watch.waitersCount == 0 { await Task.yield() }
}
