import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// The levels of a unit's tables against a plain dictionary, through random histories.
@Suite struct TableModelTests {
    @Test(arguments: 1...12) func everyLevelAnswersAsADictionaryWould(seed: Int) throws {
        var history = try RandomHistory(seed: seed)
        for step in 0..<150 {
            try history.step()
            let view = try history.view()
            try history.check(view, against: history.models, "seed \(seed), step \(step)")
        }
    }

    /// A view taken once shows the same for ever, whatever is folded, flushed and dropped after.
    @Test(arguments: 101...104) func aViewNeverChanges(seed: Int) throws {
        var history = try RandomHistory(seed: seed)
        for _ in 0..<40 { try history.step() }
        history.seal()
        let view = try history.reading()
        let models = history.models
        for step in 0..<60 {
            try history.step()
            try history.check(view, against: models, "seed \(seed), step \(step)")
        }
    }
}

/// One unit's folds, seals, flushes and drops, with a model beside it.
private struct RandomHistory {
    typealias Model = [[UInt8]: [UInt8]]

    let fixture: IndexFixture
    var random: Seeded
    var models: [Model] = [[:], [:]]
    private var tail = UnitTail(base: .zero)
    private var overlays = [OverlayTable(), OverlayTable()]
    private var folded = Position.zero

    init(seed: Int) throws {
        fixture = try IndexFixture()
        random = Seeded(seed)
    }

    /// Keys that begin alike, end in zeros, and straddle the eight bytes entries keep aside.
    mutating func key() -> [UInt8] {
        let alphabet: [UInt8] = [0x00, 0x01, 0x7F, 0xFF]
        let length = Int.random(in: 1...3, using: &random)
        let body = (0..<length).map { _ in alphabet[Int.random(in: 0..<4, using: &random)] }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return body
        case 1: return [UInt8](repeating: 0x41, count: 6) + body
        default: return [UInt8](repeating: 0x41, count: 12) + body
        }
    }

    mutating func step() throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<12: fold()
        case 12..<16: seal()
        case 16..<18: try flush()
        default: try drop()
        }
    }

    private mutating func fold() {
        for _ in 0..<Int.random(in: 0...6, using: &random) { mutate() }
        folded = folded.next
    }

    private mutating func mutate() {
        let table = Int.random(in: 0...1, using: &random)
        let key = key()
        if Int.random(in: 0..<3, using: &random) == 0 {
            overlays[table].delete(key.span)
            models[table][key] = nil
        } else {
            let count = Int.random(in: 0...9, using: &random)
            let value = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            overlays[table].set(key.span, to: value.span)
            models[table][key] = value
        }
    }

    mutating func seal() {
        guard folded > tail.end else { return }
        tail.append(overlays.map { $0.sealed() }, through: folded)
        overlays = [OverlayTable(), OverlayTable()]
    }

    /// Writes the tail, and leaves it in memory: the index then overlaps it.
    private mutating func flush() throws {
        _ = try Flush(index: fixture.index).write([nil, tail])
    }

    private mutating func drop() throws {
        let checkpoint = try IndexReader(fixture.index).durablePositions.positions[1]
        tail.dropThrough(checkpoint)
    }

    func view() throws -> UnitView {
        UnitView(
            overlays: overlays, tail: tail, index: try IndexReader(fixture.index), firstTable: 2)
    }

    /// As a reader outside the fold has it.
    func reading() throws -> UnitView {
        UnitView(overlays: [], tail: tail, index: try IndexReader(fixture.index), firstTable: 2)
    }

    mutating func check(
        _ view: UnitView, against models: [Model], _ comment: Comment
    ) throws {
        for table in 0...1 {
            let model = models[table]
            for _ in 0..<4 {
                let key = model.keys.randomElement(using: &random) ?? key()
                #expect(try view.get(key.span, table: table) == model[key], comment)
                let other = self.key()
                #expect(try view.get(other.span, table: table) == model[other], comment)
            }
            for direction in [Direction.forwards, .backwards] {
                let range = range()
                let expected = Self.entries(of: model, in: range, direction)
                let limit = Int.random(in: 0..<3, using: &random) == 0 ? 2 : Int.max
                let found = try Self.scan(view, table, range, direction, limit: limit)
                #expect(found == Array(expected.prefix(limit)), comment)
            }
        }
    }

    /// Bounds that are keys, prefixes, in reverse order, or not there at all.
    private mutating func range() -> KeyRange {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: KeyRange(from: [], to: nil)
        case 1: KeyRange(from: key(), to: nil)
        case 2: KeyRange(from: [], to: key())
        case 3: KeyRange(prefix: Array(key().prefix(Int.random(in: 0...8, using: &random))))
        default: KeyRange(from: key(), to: key())
        }
    }

    private static func entries(
        of model: Model, in range: KeyRange, _ direction: Direction
    ) -> [[[UInt8]]] {
        let inside = model.filter { key, _ in
            !key.lexicographicallyPrecedes(range.lower)
                && (range.upper.map { key.lexicographicallyPrecedes($0) } ?? true)
        }
        let sorted = inside.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { [$0.key, $0.value] }
        return direction == .forwards ? sorted : sorted.reversed()
    }

    private static func scan(
        _ view: UnitView, _ table: Int, _ range: KeyRange, _ direction: Direction, limit: Int
    ) throws -> [[[UInt8]]] {
        var found: [[[UInt8]]] = []
        try view.scan(table: table, range, direction) { key, value in
            found.append([Bytes.array(key), Bytes.array(value)])
            return found.count < limit
        }
        return found
    }
}
