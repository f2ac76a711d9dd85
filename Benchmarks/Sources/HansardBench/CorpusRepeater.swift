import Hansard
import HansardChat
import HansardRecords

/// Repeats a lane of the corpus with new ids and later times.
///
/// Lanes share the sessions out between callers: a session's events are in one lane, in order.
struct CorpusRepeater {
    private let corpus: Corpus
    private let lane: [Int]
    private let seed: UInt64
    private var repetition: UInt64 = 0
    private var index = 0

    init(corpus: Corpus, lane: Int, of lanes: Int, seed: UInt64) {
        self.corpus = corpus
        self.seed = seed
        self.lane = corpus.templates.indices.filter {
            (corpus.templates[$0].session ?? 0) % lanes == lane
        }
    }

    /// The next events. Costs a copy of each event's data, and some ten instructions for each id.
    mutating func next(_ count: Int) -> [Event] {
        precondition(!lane.isEmpty, "the corpus has fewer sessions than there are callers")
        var events: [Event] = []
        events.reserveCapacity(count)
        while events.count < count {
            if index == lane.count {
                index = 0
                repetition += 1
            }
            events.append(event(from: corpus.templates[lane[index]]))
            index += 1
        }
        return events
    }

    private func event(from template: Corpus.Template) -> Event {
        var data = template.event.data.bytes
        for (offset, number) in template.patches.ids {
            let id = id(number)
            Self.store(id.high, in: &data, at: offset)
            Self.store(id.low, in: &data, at: offset + 8)
        }
        for offset in template.patches.times { addTime(to: &data, at: offset) }
        var event = template.event
        event.data = Record(trusted: data)
        event.id = template.id.map { identifier($0) } ?? .random()
        if let session = template.session {
            event.stream = StreamName(knownCategory: "session", id: identifier(session))
        } else if repetition > 0 {
            // An agent that exists gets another card.
            event.lifecycle = .continues
        }
        return event
    }

    private func identifier(_ number: Int) -> Identifier {
        let (high, low) = id(number)
        return Identifier(high: high, low: low)
    }

    /// The UUID, version 4, that stands for an id of the corpus in this repetition.
    private func id(_ number: Int) -> (high: UInt64, low: UInt64) {
        let start = Self.mix(seed ^ Self.mix(repetition << 32 | UInt64(number)))
        let high = Self.mix(start &+ 1)
        let low = Self.mix(start &+ 2)
        return (high & ~0xf000 | 0x4000, low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// Steele, Lea and Flood's SplitMix64.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    private func addTime(to data: inout [UInt8], at offset: Int) {
        var time: UInt64 = 0
        for byte in 0..<8 { time = time << 8 | UInt64(data[offset + byte]) }
        Self.store(time + repetition * corpus.lengthMicroseconds, in: &data, at: offset)
    }

    private static func store(_ value: UInt64, in data: inout [UInt8], at offset: Int) {
        for byte in 0..<8 {
            data[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * byte))
        }
    }
}
