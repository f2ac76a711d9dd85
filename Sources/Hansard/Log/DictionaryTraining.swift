import Bindings

extension Store {
    /// Trains a compression dictionary on events of this store.
    ///
    /// The dictionary holds pieces of the events' text: whoever gets it can read them. Takes some seconds.
    /// - Parameters:
    ///   - bytesMax: size of the dictionary. Larger ones compress better and cost memory in every process.
    ///   - samplesMax: how many events to train on, evenly spread over the log.
    /// - Throws: `HansardError` when there are too few events.
    public func trainDictionary(
        bytesMax: Int = 256 << 10, samplesMax: Int = 40_000
    ) throws(HansardError) -> [UInt8] {
        do {
            let samples = try samples(samplesMax)
            return try DictionaryTrainer.train(
                samples: samples, capacityBytes: bytesMax, level: settings.compressionLevel)
        } catch {
            throw HansardError.wrapping(error, doing: "training a dictionary")
        }
    }

    /// The beginnings of evenly spread payloads: what is far behind its beginning, an event's own text has
    /// made compressible already.
    private func samples(_ countMax: Int) throws -> [[UInt8]] {
        let head = try log.environment.read { try log.head(in: $0) }
        let step = max(1, Int(head.rawValue) / countMax)
        var samples: [[UInt8]] = []
        for first in stride(from: 1, through: head.rawValue, by: step * 1_000) {
            try log.codecs.with { codec in
                try log.environment.read { transaction in
                    let last = min(head.rawValue, first + UInt64(step) * 999)
                    for position in stride(from: first, through: last, by: step) {
                        let payload = try transaction.withValue(
                            integerKey: position, in: log.events
                        ) { stored -> [UInt8]? in
                            guard let stored else { return nil }
                            return try codec.payload(stored, position: position).payload
                        }
                        if let payload { samples.append(Array(payload.prefix(8_000))) }
                    }
                }
            }
        }
        return samples
    }
}
