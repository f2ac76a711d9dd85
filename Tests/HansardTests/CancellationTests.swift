import Hansard
import HansardBindings
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A cancelled run reports how far it got, and has changed nothing.
@Suite struct CancellationTests {
    private let fixture: StoreFixture
    private let store: Store

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open(units: [Ledger.unit])
        for number in 0..<30 { try store.add(event("e\(number)", in: "s\(number % 9)")) }
    }

    private func cancelled(_ body: () throws -> Void) throws -> String {
        let error = try #require(throws: HansardError.self) { try body() }
        #expect(error.code == .cancelled)
        return error.what
    }

    /// A verification that is told to end when it was asked so often.
    private func verification(endsAt count: Int) throws -> Verifier {
        var asked = 0
        var verifier = Verifier(store)
        verifier.isCancelled = {
            asked += 1
            return asked > count
        }
        return verifier
    }

    @Test func aVerification() throws {
        var first = try verification(endsAt: 0)
        #expect(try cancelled { _ = try first.run() }.contains("up to event 0 of 30"))
        var second = try verification(endsAt: 1_000)
        #expect(try second.run().isSound)
    }

    @Test func aCheckOfTheLog() throws {
        let said = try cancelled { _ = try LogReader(store).check(isCancelled: { true }) }
        #expect(said.contains("0 of 30 events"))
    }

    @Test func aTraining() throws {
        let said = try cancelled { _ = try store.trainDictionary(isCancelled: { true }) }
        #expect(said.contains("0 of 30 events"))
        #expect(store.log.dictionaries.newest == 1)
    }
}
