import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Dictionaries that are added while stores are open.
@Suite struct DictionaryTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func text(_ number: Int) -> String {
        let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
        var random = Seeded(number)
        let said = (0..<30).map { _ in words.randomElement(using: &random) ?? "" }
        return #"{"text":"\#(said.joined(separator: " ")) \#(number)"}"#
    }

    private func fill(_ store: Store, _ count: Int) throws {
        let answers = try store.appendBlocking(
            (1...count).map { Append([try event(in: "s\($0 % 40)", data: text($0))]) })
        #expect(answers.allSatisfy { $0.code == nil })
    }

    private func dictionary(ofEvent position: UInt64, in store: Store) throws -> UInt16 {
        let stored = try store.log.environment.read { try $0.get(position, from: store.log.events) }
        let bytes = try #require(stored)
        return try EventHeader.decode(bytes.span, position: position).header.dictionary
    }

    @Test func aTrainedDictionaryIsTriedOnOtherStreams() throws {
        let store = try fixture.open()
        try fill(store, 2_000)
        let trial = try store.trainDictionary(bytesMax: 4_096)
        let heldOut = try #require(trial.heldOut)
        #expect(trial.samplesCount + heldOut.eventsCount == 2_000)
        #expect(heldOut.eventsCount > 0 && trial.samplesCount > heldOut.eventsCount)
        #expect(heldOut.frameBytesThen < heldOut.frameBytesNow, "it was trained on such text")
        #expect(heldOut.frameBytesNow < heldOut.payloadBytes)
        #expect(store.log.dictionaries.newest == 1, "nothing was added")
    }

    @Test func aTrainingTellsHowFarItIsAndEndsWhenItIsTold() throws {
        let store = try fixture.open()
        try fill(store, 2_000)
        var phases: [DictionaryProgress.Phase] = []
        _ = try store.trainDictionary(
            bytesMax: 4_096, progress: { if phases.last != $0.phase { phases.append($0.phase) } })
        #expect(phases == [.reading, .training, .measuring])
        var isTraining = false
        let error = #expect(throws: HansardError.self) {
            try store.trainDictionary(
                bytesMax: 4_096, isCancelled: { isTraining },
                progress: { isTraining = $0.phase == .training })
        }
        #expect(error?.code == .cancelled)
    }

    @Test func anAddedDictionaryIsUsedAtOnceAndEverywhere() throws {
        let (one, other) = (try fixture.peer(units: []), try fixture.peer(units: []))
        try fill(one, 1_000)
        #expect(try other.positions() == 1_000)
        let bytes = try one.trainDictionary(bytesMax: 4_096).dictionary
        #expect(try one.addDictionary(bytes) == 2)
        // Event 1,001 records that it was added.
        try one.add(event("first"))
        #expect(try dictionary(ofEvent: 1_002, in: one) == 2)
        // The other meets an event of a dictionary it has never seen, and takes it up itself.
        #expect(try other.read { try $0.event(at: Position(1_002))?.event.id.text } == "first")
        try other.add(event("second"))
        #expect(try dictionary(ofEvent: 1_003, in: other) == 2)
        #expect(try dictionary(ofEvent: 1, in: other) == 1, "events there are keep theirs")
        #expect(try one.positions() == 1_003)
        let listed = try LogReader(one).dictionaries(countingEvents: true)
        #expect(listed.map(\.id) == [1, 2])
        #expect(listed.map(\.isNewest) == [false, true])
        #expect(listed.map(\.eventsCount) == [1_000, 3])
        #expect(listed[1].bytesCount == bytes.count)
        #expect(
            try LogReader(one).dictionaries(countingEvents: false).map(\.eventsCount) == [nil, nil])
        try one.close()
        try other.close()
        #expect(try fixture.open().log.dictionaries.newest == 2)
    }

    /// A snapshot that began before the dictionary was added meets an event that needs it.
    @Test func anUnknownDictionaryIsLookedUpAnew() throws {
        let (one, other) = (try fixture.peer(units: []), try fixture.peer(units: []))
        try fill(one, 1_000)
        let dictionary = try one.trainDictionary(bytesMax: 4_096).dictionary
        #expect(try other.positions() == 1_000)
        try other.read { _ in
            _ = try one.addDictionary(dictionary)
            try one.add(event("first"))
            let stored = try one.log.environment.read { try $0.get(1_002, from: one.log.events) }
            let bytes = try #require(stored)
            try other.log.codecs.with { codec in
                let event = try codec.decode(bytes.span, position: 1_002)
                #expect(event.event.id.text == "first")
            }
        }
        try one.close()
        try other.close()
    }

    @Test func whatIsNoDictionaryIsRefused() throws {
        let store = try fixture.open()
        for bytes in [
            [], [1, 2, 3], [0x37, 0xA4, 0x30, 0xEC], [UInt8](repeating: 0, count: 4_096),
        ] {
            #expect(code { _ = try store.addDictionary(bytes) } == .invalidArgument)
        }
        #expect(try LogReader(store).dictionaries(countingEvents: false).count == 1)
        try store.close()
        #expect(code { _ = try store.addDictionary(InitialDictionary.bytes) } == .closed)
    }

    @Test func aStoreOpenedForReadingAddsNone() throws {
        try fixture.open().close()
        let store = try fixture.peer(
            units: [], settings: .tested.with { $0.isReadOnly = true })
        #expect(code { _ = try store.addDictionary(InitialDictionary.bytes) } == .noPermission)
    }
}
