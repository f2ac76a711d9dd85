/// Durations measured one by one.
struct Latencies: Sendable {
    private(set) var nanoseconds: [UInt64] = []

    var count: Int { nanoseconds.count }

    mutating func add(_ duration: Duration) { nanoseconds.append(duration.inNanoseconds) }

    mutating func add(_ other: Latencies) { nanoseconds += other.nanoseconds }

    /// The latencies from number `first` on.
    func dropping(_ first: Int) -> Latencies {
        var rest = Latencies()
        rest.nanoseconds = Array(nanoseconds.dropFirst(first))
        return rest
    }

    func first(_ count: Int) -> Latencies {
        var first = Latencies()
        first.nanoseconds = Array(nanoseconds.prefix(count))
        return first
    }

    var summary: Summary { Summary(nanoseconds.sorted()) }

    /// In microseconds.
    struct Summary {
        let p50: Double
        let p99: Double
        let max: Double
        let mean: Double

        fileprivate init(_ sorted: [UInt64]) {
            /// The nearest rank: the smallest value that `part` of all are not above.
            func rank(_ part: Double) -> Double {
                if sorted.isEmpty { return 0 }
                let rank = Int((part * Double(sorted.count)).rounded(.up))
                return Double(sorted[Swift.max(0, rank - 1)]) / 1e3
            }
            p50 = rank(0.5)
            p99 = rank(0.99)
            max = rank(1)
            mean = Double(sorted.reduce(0, +)) / 1e3 / Double(Swift.max(1, sorted.count))
        }
    }
}

extension Duration {
    var inNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }

    var inSeconds: Double { Double(inNanoseconds) / 1e9 }
    var inMilliseconds: Double { Double(inNanoseconds) / 1e6 }
}

/// Runs `body` and says how long it took.
func measured<Result>(_ body: () throws -> Result) rethrows -> (result: Result, took: Duration) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    return (result, clock.now - start)
}
