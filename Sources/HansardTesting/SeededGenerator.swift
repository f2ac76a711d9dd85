import HansardBindings

/// SplitMix64 (Steele, Lea, Flood, 2014): small, and the same everywhere for the same seed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True in `count` of 100 cases.
    public mutating func chance(_ count: Int) -> Bool { below(100) < count }

    /// A number from 0 to one less than `bound`.
    public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// One of `items`, which are not empty.
    public mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

    /// A generator of its own, whose numbers do not depend on how many this one gives later.
    public mutating func fork() -> SeededGenerator { SeededGenerator(seed: next()) }
}

/// The seed of one run of a random test.
public struct Seed: Sendable, CustomStringConvertible {
    public let value: UInt64
    /// True if it was given in `HANSARD_SEED`, to repeat a run.
    public let isGiven: Bool

    /// The seed in `HANSARD_SEED`, else a fresh one.
    public static func current() -> Seed {
        if let text = EnvironmentVariables.value("HANSARD_SEED"), let value = UInt64(text) {
            return Seed(value: value, isGiven: true)
        }
        return Seed(value: .random(in: 0 ... .max), isGiven: false)
    }

    /// The command that runs the test again: printed with each failure.
    public func repeating(_ test: String) -> String {
        "repeat with: HANSARD_SEED=\(value) swift test --filter \(test)"
    }

    public var description: String { "\(value)" }
}
