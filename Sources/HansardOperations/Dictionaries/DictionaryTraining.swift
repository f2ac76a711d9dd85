import HansardBindings
public import HansardEngine

/// A dictionary that was trained, and what it would do. Nothing was added to the log.
public struct DictionaryTrial: Sendable {
    /// The compression of events that the training did not see.
    public struct HeldOut: Sendable {
        public let eventsCount: Int
        /// Bytes of their payloads, and of their frames with the newest dictionary of the log and
        /// with the new one.
        public let payloadBytes: Int
        public let frameBytesNow: Int
        public let frameBytesThen: Int
    }

    public let dictionary: [UInt8]
    /// Events it was trained on.
    public let samplesCount: Int
    /// Nil when all events belong to streams it was trained on.
    public let heldOut: HeldOut?
}

/// The progress of a training.
public struct DictionaryProgress: Sendable {
    public enum Phase: Sendable {
        /// Events are looked at.
        case reading
        /// zstd trains: one step, which does not say how far it is.
        case training
        /// Events that were held out are compressed.
        case measuring
    }

    public let phase: Phase
    /// Events done, of how many; while training, how many it is trained on.
    public let done: Int
    public let total: Int
    /// Since the beginning.
    public let duration: Duration

    /// The work of a training that is ended here, in words.
    fileprivate var ending: String {
        switch phase {
        case .reading: "\(done) of \(total) events were read for the training"
        case .training: "\(total) events were read, and the training had begun"
        case .measuring: "\(done) of \(total) events were compressed to measure"
        }
    }
}

extension Store {
    /// Trains a compression dictionary on events of this store, and tries it on others.
    ///
    /// The dictionary holds pieces of the events' text: everybody who gets it can read them. One
    /// stream in eight is held out of the training to measure on. Takes some ten seconds, and two
    /// threads.
    /// - Parameters:
    ///   - bytesMax: size of the dictionary. Larger ones compress better and cost memory in every
    ///     process.
    ///   - samplesMax: how many events to look at, evenly spread over the log.
    ///   - excluded: events whose text must not get into the dictionary.
    ///   - isCancelled: asked between some hundred events, and ten times a second while zstd
    ///     trains; true ends the training. zstd itself can't be stopped: its thread goes on to its
    ///     end, and what it makes is thrown away.
    ///   - progress: called as often.
    /// - Throws: `HansardError` when there are too few events; `cancelled`, saying how far it got.
    public func trainDictionary(
        bytesMax: Int = 256 << 10, samplesMax: Int = 40_000,
        excluding excluded: Set<Position> = [], isCancelled: @escaping () -> Bool = { false },
        progress: @escaping (DictionaryProgress) -> Void = { _ in }
    ) throws(HansardError) -> DictionaryTrial {
        let startedAt = SystemClock.monotonicMicroseconds
        do {
            var samples = DictionarySamples(log) { phase, done, total in
                let now = DictionaryProgress(
                    phase: phase, done: done, total: total,
                    duration: .microseconds(SystemClock.monotonicMicroseconds - startedAt))
                if isCancelled() { throw HansardError(.cancelled, now.ending) }
                progress(now)
            }
            try samples.collect(samplesMax, excluded)
            let dictionary = try samples.train(bytesMax, level: settings.compressionLevel)
            return DictionaryTrial(
                dictionary: dictionary, samplesCount: samples.beginnings.count,
                heldOut: try samples.measure(dictionary, level: settings.compressionLevel))
        } catch {
            throw HansardError.wrapping(error, doing: "training a dictionary")
        }
    }
}

/// Events to train on and to measure with.
private struct DictionarySamples {
    private let log: Log
    /// The beginnings of the events to train on: an event's own text has made the rest compressible
    /// already.
    private(set) var beginnings: [[UInt8]] = []
    private var heldOut: [UInt64] = []

    /// Tells how far it is; throws when it is to end.
    private let step: (DictionaryProgress.Phase, _ done: Int, _ total: Int) throws -> Void

    private static let beginningBytes = 8_000
    private static let heldOutOneIn: UInt64 = 8
    /// Events read in one transaction.
    private static let transactionEvents = 500
    /// Between two steps while zstd trains.
    private static let stepMicroseconds: UInt64 = 100_000

    init(
        _ log: Log,
        step: @escaping (DictionaryProgress.Phase, _ done: Int, _ total: Int) throws -> Void
    ) {
        self.log = log
        self.step = step
    }

    /// Whole streams are held out, since events of one resemble each other.
    mutating func collect(_ countMax: Int, _ excluded: Set<Position>) throws {
        let head = try log.environment.read { try log.head(in: $0) }.rawValue
        let step = UInt64(max(1, Int(head) / countMax))
        let positions = Array(stride(from: 1, through: head, by: Int(step)))
        try forEachPayload(positions, .reading) {
            position, payload in
            if excluded.contains(Position(position)) { return }
            let event = try EventPayload.unpack(payload.span, position: position)
            if log.hasher.hash(event.stream) % Self.heldOutOneIn == 0 {
                heldOut.append(position)
            } else {
                beginnings.append(Array(payload.prefix(Self.beginningBytes)))
            }
        }
    }

    /// Trains on a thread of its own, for this one to tell how it goes and to end.
    func train(_ bytesMax: Int, level: Int) throws -> [UInt8] {
        let training = try BackgroundJob(name: "hansard-train") { [beginnings] in
            try DictionaryTrainer.train(
                samples: beginnings, capacityBytes: bytesMax, level: level)
        }
        while true {
            try step(.training, 0, beginnings.count)
            if let made = try training.wait(microseconds: Self.stepMicroseconds) { return made }
        }
    }

    func measure(_ dictionary: [UInt8], level: Int) throws -> DictionaryTrial.HeldOut? {
        if heldOut.isEmpty { return nil }
        let newest = try log.dictionaries.dictionary(log.dictionaries.newest)?.compression
        let new = try CompressionDictionary(dictionary, level: level)
        var compressor = try Compressor(level: level)
        var (bytes, now, then) = (0, 0, 0)
        try forEachPayload(heldOut, .measuring) { _, payload in
            bytes += payload.count
            now += try compressor.compress(payload.span, dictionary: newest).count
            then += try compressor.compress(payload.span, dictionary: new).count
        }
        return DictionaryTrial.HeldOut(
            eventsCount: heldOut.count, payloadBytes: bytes, frameBytesNow: now,
            frameBytesThen: then)
    }

    private func forEachPayload(
        _ positions: [UInt64], _ phase: DictionaryProgress.Phase,
        _ body: (UInt64, [UInt8]) throws -> Void
    ) throws {
        for start in stride(from: 0, to: positions.count, by: Self.transactionEvents) {
            try step(phase, start, positions.count)
            let part = positions[start..<min(positions.count, start + Self.transactionEvents)]
            try log.codecs.with { codec in
                try log.environment.read { transaction in
                    for position in part {
                        let payload = try transaction.withValue(
                            integerKey: position, in: log.events
                        ) { stored in
                            guard let stored else {
                                throw EventHeader.corrupt(position, "is missing")
                            }
                            return try codec.payload(stored, position: position).payload
                        }
                        try body(position, payload)
                    }
                }
            }
        }
    }
}
